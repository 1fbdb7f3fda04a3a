package io.viewstream.generators;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;

/** A clock that stands still until a test moves it. */
public final class ManualClock implements WaitingClock {

  private final AtomicLong nanos = new AtomicLong();

  /** Lets this much time pass at once. */
  public void advance(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }

  @Override
  public long nanoTime() {
    return nanos.get();
  }

  /** Wakes early and often, so that a waiting thread notices when the clock was moved. */
  @Override
  @SuppressWarnings("WaitNotInLoop")
  public void await(Condition condition, long waitNanos) throws InterruptedException {
    boolean signalled = condition.await(1, TimeUnit.MILLISECONDS);
    if (!signalled) {
      Thread.onSpinWait();
    }
  }
}
