package io.viewstream.trainer.train;

import org.jspecify.annotations.Nullable;

/**
 * Asks a training to stop. It does so after the step in hand, with a checkpoint. A thread that
 * waits for Kafka is interrupted, but only while it waits: an interrupt in the middle of writing a
 * file would close that file.
 */
public final class StopRequest {

  private boolean requested;
  private @Nullable Thread waiting;

  /** Asks; any thread may, more than once. */
  public synchronized void request() {
    requested = true;
    if (waiting != null) {
      waiting.interrupt();
    }
  }

  /** Whether the stop was asked for. */
  public synchronized boolean isRequested() {
    return requested;
  }

  /** Does something that waits. */
  <T> T whileWaiting(Waiting<T> work) throws InterruptedException {
    synchronized (this) {
      if (requested) {
        throw new InterruptedException("asked to stop");
      }
      waiting = Thread.currentThread();
    }
    try {
      return work.call();
    } finally {
      synchronized (this) {
        waiting = null;
        if (requested) {
          // It was meant for the wait alone.
          Thread.interrupted();
        }
      }
    }
  }

  /** Work that may wait. */
  @FunctionalInterface
  interface Waiting<T> {
    /** Does it. */
    T call() throws InterruptedException;
  }
}
