package io.viewstream.trainer.feed.internal;

import io.viewstream.imaging.augment.CounterRandom;
import io.viewstream.trainer.feed.Rank;
import io.viewstream.trainer.feed.Tail;

/**
 * Which image stands at which position of an epoch: a permutation of the snapshot by seed and epoch
 * (Fisher and Yates), cut into global batches, each cut into the slices of the ranks. A function of
 * its arguments alone. Immutable.
 */
public final class SampleOrder {

  /** Keeps the draws of the order apart from those of other purposes. */
  private static final long PURPOSE = 0x6f72646572L;

  private final int[] permutation;
  private final int batchSize;
  private final Tail tail;

  /**
   * Computes the order of one epoch.
   *
   * @param images images in the snapshot
   * @param batchSize images in a global batch
   */
  public SampleOrder(int images, int batchSize, Tail tail, long seed, int epoch) {
    this.batchSize = batchSize;
    this.tail = tail;
    this.permutation = new int[images];
    long key = CounterRandom.key(CounterRandom.key(seed, PURPOSE), epoch);
    for (int i = 0; i < images; i++) {
      int other = CounterRandom.below(key, i, i + 1);
      permutation[i] = permutation[other];
      permutation[other] = i;
    }
  }

  /** Global batches in the epoch. */
  public int batchCount() {
    return switch (tail) {
      case DROP -> permutation.length / batchSize;
      case WRAP -> Math.toIntExact(((long) permutation.length + batchSize - 1) / batchSize);
    };
  }

  /**
   * The place of a sample in the epoch, counted over all ranks.
   *
   * @param batch index of the global batch
   * @param sample index in the rank's slice
   */
  public long position(int batch, Rank rank, int sample) {
    return (long) batch * batchSize + (long) rank.index() * rank.sliceSize(batchSize) + sample;
  }

  /** The image at a position of the snapshot; behind the end the order begins again. */
  public int image(long position) {
    return permutation[(int) (position % permutation.length)];
  }

  /** How often the order began again before a position. */
  public int lap(long position) {
    return (int) (position / permutation.length);
  }
}
