package io.viewstream.trainer.feed;

/**
 * How an endless feed stands. Counts are of this process.
 *
 * @param windows windows begun
 * @param sourceImages source images read, those read ahead of training included
 * @param bufferImages images in the window at hand
 * @param cacheBytes bytes of records kept on this machine
 * @param lagRecords offsets of both topics behind the window at hand: what training has not seen,
 *     read ahead or not
 * @param meanAgeSeconds mean age of an image when it was drawn, from its record's timestamp
 * @param maxAgeSeconds highest age of an image when it was drawn
 * @param viewsInTime views that were there when their image's first window began
 * @param lateViews views that came later, in time for another window of their image
 * @param missedViews views that came when their image had left the buffer
 * @param lostRecords offsets that expired before they were read
 */
public record StreamStatistics(
    int windows,
    long sourceImages,
    int bufferImages,
    long cacheBytes,
    long lagRecords,
    double meanAgeSeconds,
    double maxAgeSeconds,
    long viewsInTime,
    long lateViews,
    long missedViews,
    long lostRecords) {

  /** The part of all views that came late or too late, in [0, 1]. */
  public double lateViewFraction() {
    long views = viewsInTime + lateViews + missedViews;
    return views == 0 ? 0 : (double) (lateViews + missedViews) / views;
  }
}
