package io.viewstream.trainer.feed;

/**
 * A source of mixed batches, epoch by epoch.
 *
 * <p>Batches are a function of the feed's settings, its seed, the epoch and the epoch's horizon.
 * They depend neither on threads nor on when data arrived, and all ranks of a world see slices of
 * the same global batches. So training that stopped after batch n of an epoch goes on, bit for bit,
 * with {@code openEpoch(epoch, n + 1)} of a feed over the same manifest.
 *
 * <pre>{@code
 * for (int epoch = 0; epoch < epochs; epoch++) {
 *   try (EpochFeed batches = feed.openEpoch(epoch, 0)) {
 *     for (MixedBatch batch = batches.next(); batch != null; batch = batches.next()) {
 *       try (MixedBatch taken = batch) {
 *         step(taken.slot(ViewSlot.FIRST), taken.slot(ViewSlot.SECOND));
 *       }
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>One thread uses a feed and its epochs.
 */
public interface BatchFeed extends AutoCloseable {

  /** Shape of both slots of every batch that this rank gets. */
  BatchShape shape();

  /** The slice of each global batch that this feed hands out. */
  Rank rank();

  /**
   * Starts an epoch: takes its horizon (or reads it from the run's manifest, where the epoch is
   * recorded) and begins to prepare batches. The horizon is on disk before this method returns.
   *
   * @param epoch the epoch, from 0; epochs are opened in ascending order, except that recorded ones
   *     can be opened at will
   * @param firstBatch index of the first global batch wanted: 0, or where a resumed run goes on;
   *     may equal the number of batches, then the epoch is empty
   * @return the epoch's batches; close it before opening another
   * @throws FeedException if the epoch cannot be started, for example because a recorded horizon is
   *     no longer at hand or there are fewer images than one batch needs
   * @throws IllegalStateException if an epoch is still open
   * @throws InterruptedException if the thread is interrupted while data up to the horizon is read
   */
  EpochFeed openEpoch(int epoch, int firstBatch) throws InterruptedException;

  /** Ends the feed's threads and frees its buffers. Every batch must have been closed. */
  @Override
  void close();
}
