package io.viewstream.augment.internal;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Closes what was opened, last first. Every step runs even if an earlier one fails; the first
 * failure is thrown, with the others suppressed inside it. For one thread.
 */
public final class CloseSequence implements AutoCloseable {
  private final Deque<Runnable> steps = new ArrayDeque<>();

  /** Adds a step that runs before all that were added earlier. */
  public void first(Runnable step) {
    steps.push(step);
  }

  /** Runs the steps; the second call does nothing. */
  @Override
  public void close() {
    RuntimeException failure = null;
    while (!steps.isEmpty()) {
      try {
        steps.pop().run();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
