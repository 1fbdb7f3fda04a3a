package io.viewstream.trainer.train;

import io.viewstream.trainer.feed.StreamStatistics;
import java.util.function.ToDoubleFunction;

/**
 * The meters of a training without end: the one definition of their names and meanings. They are
 * published over JMX as {@code viewstream.train:type=stream} while it runs, and stand in the report
 * under {@link #reportKey}. Names are part of the command's contract.
 */
public enum StreamMeter {
  /** Windows. */
  WINDOWS("windows", "windows", "Windows begun", StreamStatistics::windows),
  /** Source images. */
  SOURCE_IMAGES(
      "source-images",
      "sourceImages",
      "Source images read, those read ahead included",
      StreamStatistics::sourceImages),
  /** Lag. */
  LAG(
      "lag-records",
      "lagRecords",
      "Offsets of both topics behind the window at hand",
      StreamStatistics::lagRecords),
  /** Mean age. */
  MEAN_AGE(
      "mean-age-seconds",
      "meanAgeSeconds",
      "Mean age of an image when it was drawn, from its record's timestamp",
      StreamStatistics::meanAgeSeconds),
  /** Highest age. */
  MAX_AGE(
      "max-age-seconds",
      "maxAgeSeconds",
      "Highest age of an image when it was drawn",
      StreamStatistics::maxAgeSeconds),
  /** Views in time. */
  VIEWS_IN_TIME(
      "views-in-time",
      "viewsInTime",
      "Views that were there when their image's first window began",
      StreamStatistics::viewsInTime),
  /** Late views. */
  LATE_VIEWS(
      "late-views",
      "lateViews",
      "Views that came in time for a later window of their image only",
      StreamStatistics::lateViews),
  /** Missed views. */
  MISSED_VIEWS(
      "missed-views",
      "missedViews",
      "Views that came when their image had left the buffer",
      StreamStatistics::missedViews),
  /** Fraction of late views. */
  LATE_VIEW_FRACTION(
      "late-view-fraction",
      "lateViewFraction",
      "The part of all views that came late or were missed",
      StreamStatistics::lateViewFraction),
  /** Lost records. */
  LOST_RECORDS(
      "lost-records",
      "lostRecords",
      "Offsets that expired before they were read",
      StreamStatistics::lostRecords),
  /** Images of the window. */
  BUFFER_IMAGES(
      "buffer-images",
      "bufferImages",
      "Images in the window at hand",
      StreamStatistics::bufferImages),
  /** Bytes in the cache. */
  CACHE_BYTES(
      "cache-bytes",
      "cacheBytes",
      "Bytes of records kept on this machine",
      StreamStatistics::cacheBytes);

  private final String label;
  private final String reportKey;
  private final String description;

  @SuppressWarnings("ImmutableEnumChecker") // A method reference without state.
  private final ToDoubleFunction<StreamStatistics> value;

  StreamMeter(
      String label,
      String reportKey,
      String description,
      ToDoubleFunction<StreamStatistics> value) {
    this.label = label;
    this.reportKey = reportKey;
    this.description = description;
    this.value = value;
  }

  /** Name of the meter. */
  public String label() {
    return label;
  }

  /** Key in the report. */
  public String reportKey() {
    return reportKey;
  }

  /** What it says. */
  public String description() {
    return description;
  }

  double of(StreamStatistics statistics) {
    return value.applyAsDouble(statistics);
  }

  /** As the report has it: whole numbers without a point. */
  Number reported(StreamStatistics statistics) {
    double number = of(statistics);
    return switch (this) {
      case MEAN_AGE, MAX_AGE, LATE_VIEW_FRACTION -> number;
      case WINDOWS,
          SOURCE_IMAGES,
          LAG,
          VIEWS_IN_TIME,
          LATE_VIEWS,
          MISSED_VIEWS,
          LOST_RECORDS,
          BUFFER_IMAGES,
          CACHE_BYTES ->
          (long) number;
    };
  }
}
