package io.viewstream.trainer.feed;

/**
 * When the records of some images were made.
 *
 * @param images how many
 * @param sumMillis sum of the timestamps, in milliseconds since 1970
 * @param oldestMillis the lowest of them
 */
public record RecordTimes(int images, double sumMillis, long oldestMillis) {

  /** Of no images. */
  public static final RecordTimes NONE = new RecordTimes(0, 0, Long.MAX_VALUE);

  /** Of images whose records have the given timestamps, in milliseconds since 1970. */
  public static RecordTimes of(long[] millis) {
    double sum = 0;
    long oldest = Long.MAX_VALUE;
    for (long time : millis) {
      sum += time;
      oldest = Math.min(oldest, time);
    }
    return new RecordTimes(millis.length, sum, oldest);
  }

  /** Mean age at the given time in seconds; 0 for no images. */
  public double meanAgeSeconds(long nowMillis) {
    return images == 0 ? 0 : (nowMillis - sumMillis / images) / 1e3;
  }

  /** Age of the oldest at the given time in seconds; 0 for no images. */
  public double maxAgeSeconds(long nowMillis) {
    return images == 0 ? 0 : (nowMillis - oldestMillis) / 1e3;
  }
}
