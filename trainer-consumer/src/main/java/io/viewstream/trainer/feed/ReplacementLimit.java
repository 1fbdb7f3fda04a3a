package io.viewstream.trainer.feed;

/**
 * How many images that cannot be decoded are borne: one in a hundred of an epoch's samples. Windows
 * of an endless feed may be so small that a single image would be too many; there samples of
 * earlier windows count, too, with the weight of half of them falling away now and then. One
 * thread.
 */
final class ReplacementLimit {

  private static final double MAX_FRACTION = 0.01;

  private final long minSamples;
  private long earlierSamples;
  private long earlierReplaced;

  /**
   * Nothing was replaced.
   *
   * @param minSamples how many samples the part is taken of at least; 0 to take each epoch alone
   */
  ReplacementLimit(long minSamples) {
    this.minSamples = minSamples;
  }

  /**
   * Checks an epoch or window under way.
   *
   * @param samples of all of it
   * @throws FeedException if too many were replaced
   */
  void check(int epoch, long samples, long replaced) {
    long allReplaced = earlierReplaced + replaced;
    long allSamples = Math.max(minSamples, earlierSamples + samples);
    if (allReplaced > MAX_FRACTION * allSamples) {
      throw new FeedException(
          allReplaced
              + " of the "
              + allSamples
              + " samples of epoch "
              + epoch
              + " could not be decoded, more than the limit of one in a hundred; check what was"
              + " ingested and generated");
    }
  }

  /** Takes a finished epoch or window into account for the next ones. */
  void finish(long samples, long replaced) {
    if (minSamples > 0) {
      earlierSamples += samples;
      earlierReplaced += replaced;
      if (earlierSamples > minSamples) {
        earlierSamples /= 2;
        earlierReplaced /= 2;
      }
    }
  }
}
