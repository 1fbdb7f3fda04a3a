package io.viewstream.trainer.feed;

import org.jspecify.annotations.Nullable;

/** The batches of one epoch, in order. One thread uses it: the one that opened it. */
public interface EpochFeed extends AutoCloseable {

  /** The epoch, from 0. */
  int epoch();

  /** Images in the epoch's snapshot, over all ranks. */
  int imageCount();

  /**
   * Number of global batches in the whole epoch, counted from batch 0 even when the epoch was
   * opened in its middle. It may differ from another epoch's when images arrived in between.
   */
  int batchCount();

  /**
   * The next batch; waits until it is ready.
   *
   * @return the batch, to be closed by the caller, or null when the epoch is over
   * @throws FeedException if batches cannot be made, for example because more than one image in a
   *     hundred fails to decode
   * @throws InterruptedException if the thread is interrupted while waiting
   */
  @Nullable MixedBatch next() throws InterruptedException;

  /** What went into the batches handed out so far by this object. */
  EpochCounts counts();

  /** Stops preparing batches of this epoch. Batches already handed out stay valid. */
  @Override
  void close();
}
