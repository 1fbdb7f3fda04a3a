package io.viewstream.local.bench;

import io.viewstream.trainer.feed.BatchFeed;
import io.viewstream.trainer.feed.BatchShape;
import io.viewstream.trainer.feed.EpochCounts;
import io.viewstream.trainer.feed.EpochFeed;
import io.viewstream.trainer.feed.MixedBatch;
import io.viewstream.trainer.feed.Rank;
import io.viewstream.trainer.feed.SlotCounts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/** One batch of noise, again and again: a feed that costs nothing. */
final class StillFeed implements BatchFeed {

  private static final long SEED = 1;
  private static final int BATCHES = 1000;

  private final BatchShape shape;
  private final ByteBuffer first;
  private final ByteBuffer second;

  StillFeed(BatchShape shape) {
    this.shape = shape;
    Random random = new Random(SEED);
    this.first = noise(shape, random);
    this.second = noise(shape, random);
  }

  private static ByteBuffer noise(BatchShape shape, Random random) {
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(shape.slotSizeBytes()).order(ByteOrder.nativeOrder());
    while (buffer.hasRemaining()) {
      buffer.putFloat((float) random.nextGaussian());
    }
    buffer.clear();
    return buffer;
  }

  @Override
  public BatchShape shape() {
    return shape;
  }

  @Override
  public Rank rank() {
    return Rank.SINGLE;
  }

  @Override
  public EpochFeed openEpoch(int epoch, int firstBatch) {
    return new StillEpoch(epoch, firstBatch);
  }

  @Override
  public void close() {
    // The buffers are the collector's.
  }

  private final class StillEpoch implements EpochFeed {

    private final int epoch;
    private int next;

    StillEpoch(int epoch, int firstBatch) {
      this.epoch = epoch;
      this.next = firstBatch;
    }

    @Override
    public int epoch() {
      return epoch;
    }

    @Override
    public int imageCount() {
      return BATCHES * shape.batchSize();
    }

    @Override
    public int batchCount() {
      return BATCHES;
    }

    @Override
    public MixedBatch next() {
      SlotCounts real = new SlotCounts(shape.batchSize(), 0, 0);
      return new MixedBatch(epoch, next++, shape, first, second, real, real, List.of(), () -> {});
    }

    @Override
    public EpochCounts counts() {
      return EpochCounts.NONE;
    }

    @Override
    public void close() {
      // Nothing is prepared.
    }
  }
}
