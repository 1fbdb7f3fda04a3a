package io.viewstream.trainer.train;

import io.viewstream.trainer.feed.BatchFeed;
import io.viewstream.trainer.feed.BatchShape;
import io.viewstream.trainer.feed.EpochCounts;
import io.viewstream.trainer.feed.EpochFeed;
import io.viewstream.trainer.feed.MixedBatch;
import io.viewstream.trainer.feed.Rank;
import io.viewstream.trainer.feed.SlotCounts;
import io.viewstream.trainer.feed.ViewSlot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A feed in memory, as repeatable as the real one: image i is a bar or a box in a colour and place
 * of its own, its two views differ in noise, shift and brightness, and all is a function of (seed,
 * epoch, image, slot). Every second image of the second slot counts as synthetic.
 */
final class DrawnFeed implements BatchFeed {

  private final BatchShape shape;
  private final int images;
  private final long seed;
  private final int poisonedBatch;
  private boolean open;
  private int batchesHeld;

  DrawnFeed(int images, int batchSize, int side, long seed, int poisonedBatch) {
    this.shape = new BatchShape(batchSize, side, side);
    this.images = images;
    this.seed = seed;
    this.poisonedBatch = poisonedBatch;
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
    if (open) {
      throw new IllegalStateException("An epoch is still open");
    }
    open = true;
    return new Epoch(epoch, firstBatch);
  }

  /** Batches that were handed out and not closed. */
  int batchesHeld() {
    return batchesHeld;
  }

  @Override
  public void close() {}

  private MixedBatch batch(int epoch, int index) {
    batchesHeld++;
    int half = shape.batchSize() / 2;
    return new MixedBatch(
        epoch,
        index,
        shape,
        views(epoch, index, ViewSlot.FIRST),
        views(epoch, index, ViewSlot.SECOND),
        new SlotCounts(shape.batchSize(), 0, 0),
        new SlotCounts(shape.batchSize() - half, half, 0),
        List.of(),
        () -> batchesHeld--);
  }

  private ByteBuffer views(int epoch, int index, ViewSlot slot) {
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(shape.slotSizeBytes()).order(ByteOrder.nativeOrder());
    FloatBuffer values = buffer.asFloatBuffer();
    for (int position = 0; position < shape.batchSize(); position++) {
      long image =
          Math.floorMod((index * (long) shape.batchSize() + position) * 7 + epoch * 3L, images);
      draw(
          values,
          new Random(seed * 31 + image),
          new Random(image * 1009 + epoch * 17L + slot.ordinal()));
    }
    if (index == poisonedBatch) {
      values.put(0, Float.NaN);
    }
    return buffer;
  }

  private void draw(FloatBuffer values, Random image, Random view) {
    int side = shape.width();
    float[] color = {image.nextFloat(), image.nextFloat(), image.nextFloat()};
    boolean bar = image.nextBoolean();
    int left = image.nextInt(side / 2) + view.nextInt(3);
    int top = image.nextInt(side / 2) + view.nextInt(3);
    float brightness = 0.8f + 0.4f * view.nextFloat();
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          boolean inside =
              x >= left && x < left + side / 3 && (bar || y >= top && y < top + side / 3);
          values.put(
              (inside ? 2 * color[channel] * brightness : -1) + 0.1f * (float) view.nextGaussian());
        }
      }
    }
  }

  private final class Epoch implements EpochFeed {
    private final int epoch;
    private int next;
    private EpochCounts counts = EpochCounts.NONE;

    Epoch(int epoch, int firstBatch) {
      this.epoch = epoch;
      this.next = firstBatch;
    }

    @Override
    public int epoch() {
      return epoch;
    }

    @Override
    public int imageCount() {
      return images;
    }

    @Override
    public int batchCount() {
      return images / shape.batchSize();
    }

    @Override
    public @Nullable MixedBatch next() {
      if (next == batchCount()) {
        return null;
      }
      MixedBatch batch = batch(epoch, next++);
      counts = counts.plus(batch, 0);
      return batch;
    }

    @Override
    public EpochCounts counts() {
      return counts;
    }

    @Override
    public void close() {
      open = false;
    }
  }
}
