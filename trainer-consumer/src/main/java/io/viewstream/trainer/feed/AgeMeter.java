package io.viewstream.trainer.feed;

import io.viewstream.trainer.feed.internal.WindowStore;

/**
 * How old images are when they are drawn. A window draws all its images, in an order that has
 * nothing to do with their age, so the mean age of a batch's images is taken to be that of the
 * window's; over whole windows the mean is exact. Safe for several threads.
 */
final class AgeMeter {

  private RecordTimes times = RecordTimes.NONE;
  private int windows;
  private long batches;
  private double sumSeconds;
  private double maxSeconds;

  synchronized void begin(RecordTimes window) {
    times = window;
    windows++;
  }

  synchronized void use(long nowMillis) {
    batches++;
    sumSeconds += times.meanAgeSeconds(nowMillis);
    maxSeconds = Math.max(maxSeconds, times.maxAgeSeconds(nowMillis));
  }

  synchronized StreamStatistics with(WindowStore.Counts counts, long lagRecords, long lostRecords) {
    return new StreamStatistics(
        windows,
        counts.sourceImages(),
        times.images(),
        counts.usedBytes(),
        lagRecords,
        batches == 0 ? 0 : sumSeconds / batches,
        maxSeconds,
        counts.viewsInTime(),
        counts.lateViews(),
        counts.missedViews(),
        lostRecords);
  }
}
