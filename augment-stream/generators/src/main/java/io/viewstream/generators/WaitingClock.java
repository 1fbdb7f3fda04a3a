package io.viewstream.generators;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/** Time as a waiting thread sees it, so that a test can move it by hand. */
public interface WaitingClock {

  /** The time of this machine. */
  WaitingClock SYSTEM =
      new WaitingClock() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void await(Condition condition, long nanos) throws InterruptedException {
          // Callers look at their state again whatever the reason for waking.
          @SuppressWarnings({"unused", "WaitNotInLoop"})
          boolean signalled = condition.await(nanos, TimeUnit.NANOSECONDS);
        }
      };

  /** Nanoseconds since an arbitrary moment; only differences mean something. */
  long nanoTime();

  /**
   * Waits until signalled or until the time has passed; may wake early. The caller holds the
   * condition's lock and checks its state in a loop.
   *
   * @param condition to wait on
   * @param nanos how long at most; {@link Long#MAX_VALUE} for ever
   * @throws InterruptedException the thread was interrupted
   */
  void await(Condition condition, long nanos) throws InterruptedException;
}
