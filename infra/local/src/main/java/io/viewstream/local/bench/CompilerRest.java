package io.viewstream.local.bench;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * How much the JIT compiler works. A stage of many clients compiles for half a minute on two cores,
 * which a service that runs for hours does not notice and a benchmark of seconds does.
 *
 * @param startNanos of {@link System#nanoTime}
 * @param startMillis that had been compiled by then, on all compiler threads together
 */
record CompilerRest(long startNanos, long startMillis) {

  /** After this time it is measured all the same; the share of the compiler is told. */
  static final Duration LONGEST = Duration.ofSeconds(60);

  private static final Duration LOOK = Duration.ofSeconds(5);

  /** Of one processor. */
  private static final double AT_REST = 0.05;

  static CompilerRest begin() {
    return new CompilerRest(System.nanoTime(), compiledMillis());
  }

  /** The part of one processor's time that was compiled since the beginning, about. */
  double share() {
    double millis = Math.max(1, (System.nanoTime() - startNanos) / 1e6);
    return (compiledMillis() - startMillis) / millis;
  }

  /** Whether little has been compiled since the beginning. */
  boolean isAtRest() {
    return share() <= AT_REST;
  }

  /** Waits until little has been compiled for some seconds, or for the longest time. */
  static void await() throws InterruptedException {
    long endNanos = System.nanoTime() + LONGEST.toNanos();
    boolean atRest = false;
    while (!atRest && System.nanoTime() < endNanos) {
      CompilerRest look = begin();
      Thread.sleep(LOOK);
      atRest = look.isAtRest();
    }
  }

  private static long compiledMillis() {
    return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
  }
}
