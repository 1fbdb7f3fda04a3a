package io.viewstream.trainer.feed;

/**
 * What an epoch was trained on.
 *
 * @param epoch the epoch, from 0
 * @param horizon what was visible
 * @param images images in the snapshot at the horizon
 * @param views views of them, of the chosen runs
 * @param batches global batches of the epoch
 * @param contentHash hash over the snapshot, by which a replay knows that it sees the same
 */
public record EpochHorizon(
    int epoch, Horizon horizon, int images, long views, int batches, long contentHash) {

  /** Checks the number of the epoch. */
  public EpochHorizon {
    if (epoch < 0) {
      throw new IllegalArgumentException("There is no epoch " + epoch);
    }
  }
}
