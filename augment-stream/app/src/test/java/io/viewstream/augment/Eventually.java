package io.viewstream.augment;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what happens elsewhere. */
public final class Eventually {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Duration LOOK = Duration.ofMillis(20);

  private Eventually() {}

  /**
   * Waits until a condition holds.
   *
   * @return how long that took
   * @throws AssertionError when it does not within a minute and a half
   */
  public static Duration await(String what, BooleanSupplier condition) throws InterruptedException {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > LIMIT.toNanos()) {
        throw new AssertionError("Waited " + LIMIT.toSeconds() + " s for " + what);
      }
      Thread.sleep(LOOK);
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
