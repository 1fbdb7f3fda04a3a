package io.viewstream.trainer.feed;

/**
 * What a feed needs of a pool: horizons, and what is visible at them. One thread uses it; snapshots
 * may be used by any.
 */
public interface HorizonPool {

  /**
   * Takes what is visible from now on: the present end of both topics, or the next window of an
   * endless feed.
   *
   * @throws InterruptedException if the thread is interrupted while it waits for a window
   */
  Horizon freezeHorizon() throws InterruptedException;

  /**
   * Reads up to a horizon, if the pool is not yet there, and shows what is before it.
   *
   * @throws FeedException if the pool cannot show it: other topics, records that were never read
   *     here and have expired, or a cache that is too small
   * @throws InterruptedException if the thread is interrupted while reading
   */
  PoolSnapshot snapshotAt(Horizon horizon) throws InterruptedException;

  /**
   * Of how many samples the part that cannot be decoded is taken at least; more than 0 where one
   * horizon may show few images.
   */
  default long minReplacementSamples() {
    return 0;
  }
}
