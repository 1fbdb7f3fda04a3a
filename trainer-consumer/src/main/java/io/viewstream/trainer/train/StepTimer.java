package io.viewstream.trainer.train;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A watch that is always in one part, so that the parts add up to the whole. One thread uses it.
 */
final class StepTimer {

  private final LongSupplier nanoTime;
  private final long[] nanos = new long[StepPart.values().length];
  private StepPart current = StepPart.BOOKKEEPING;
  private long since;

  /**
   * Begins in {@link StepPart#BOOKKEEPING}.
   *
   * @param nanoTime the clock
   */
  StepTimer(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.since = nanoTime.getAsLong();
  }

  /** From now on time goes to this part. */
  void enter(StepPart part) {
    long now = nanoTime.getAsLong();
    nanos[current.ordinal()] += now - since;
    current = part;
    since = now;
  }

  /** What was added up until now. */
  StepTimes times() {
    enter(current);
    Map<StepPart, Duration> times = new EnumMap<>(StepPart.class);
    for (StepPart part : StepPart.values()) {
      times.put(part, Duration.ofNanos(nanos[part.ordinal()]));
    }
    return new StepTimes(times);
  }
}
