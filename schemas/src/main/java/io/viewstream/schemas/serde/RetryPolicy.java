package io.viewstream.schemas.serde;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long and how often a failed call is repeated: pauses double from the first to the longest,
 * each shortened by up to a half at random, so that many instances do not come back at the same
 * moment.
 *
 * @param firstPause pause after the first failure, above zero
 * @param longestPause no pause is longer
 * @param giveUpAfter no attempt starts later than this after the first one
 */
public record RetryPolicy(Duration firstPause, Duration longestPause, Duration giveUpAfter) {
  /** From 0.1 s to 5 s for one minute: longer than a registry's restart. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofMinutes(1));

  private static final long NOTICE_NANOS = Duration.ofSeconds(3).toNanos();

  /** Checks the durations. */
  public RetryPolicy {
    if (firstPause.isZero() || firstPause.isNegative() || longestPause.compareTo(firstPause) < 0) {
      throw new IllegalArgumentException(
          "Pauses must grow from above zero, not from " + firstPause + " to " + longestPause);
    }
  }

  /** Starts the clock for one call. */
  Attempts start() {
    return new Attempts(System.nanoTime());
  }

  /** The attempts of one call; used by one thread. */
  final class Attempts {
    private final long startNanos;
    private long pauseNanos = firstPause.toNanos();
    private int count = 1;
    private boolean noticed;

    private Attempts(long startNanos) {
      this.startNanos = startNanos;
    }

    int count() {
      return count;
    }

    /** True once: when it has taken so long that somebody who waits should hear of it. */
    boolean noticeDue() {
      boolean due = !noticed && System.nanoTime() - startNanos > NOTICE_NANOS;
      noticed |= due;
      return due;
    }

    /** Waits before the next attempt; false, without waiting, when there is to be none. */
    boolean pause() throws InterruptedException {
      long nanos = pauseNanos - ThreadLocalRandom.current().nextLong(pauseNanos / 2 + 1);
      if (System.nanoTime() - startNanos + nanos > giveUpAfter.toNanos()) {
        return false;
      }
      Thread.sleep(Duration.ofNanos(nanos));
      pauseNanos = Math.min(2 * pauseNanos, longestPause.toNanos());
      count++;
      return true;
    }
  }
}
