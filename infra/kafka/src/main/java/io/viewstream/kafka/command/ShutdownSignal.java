package io.viewstream.kafka.command;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;

/**
 * Ctrl-C and SIGTERM as something to ask for and to wait for. The first signal asks for an orderly
 * end; a second one ends the process at once.
 *
 * <p>Signals are caught before the JVM begins its own shutdown, because its shutdown hooks run all
 * at once and would close engines under the threads that still use them, and fix the exit code.
 */
public final class ShutdownSignal {
  private final CountDownLatch requested = new CountDownLatch(1);
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** A signal that only {@link #request()} sets off: for tests and for services inside others. */
  public ShutdownSignal() {}

  /** A signal that Ctrl-C and SIGTERM to this process set off. Called once, by the command line. */
  public static ShutdownSignal install() {
    ShutdownSignal signal = new ShutdownSignal();
    for (String name : List.of("INT", "TERM")) {
      Signal.handle(new Signal(name), caught -> signal.onSignal());
    }
    return signal;
  }

  private void onSignal() {
    if (isRequested()) {
      Runtime.getRuntime().halt(CommandException.INTERRUPTED);
    }
    System.err.println();
    System.err.println("Stopping; press Ctrl-C again to stop at once");
    request();
  }

  /** Asks for the orderly end; later calls do nothing. */
  public synchronized void request() {
    if (!isRequested()) {
      requested.countDown();
      listeners.forEach(Runnable::run);
    }
  }

  /** Whether the end was asked for. */
  public boolean isRequested() {
    return requested.getCount() == 0;
  }

  /** Runs an action when the end is asked for, at once if it was already. It must not block. */
  public synchronized void onRequest(Runnable action) {
    if (isRequested()) {
      action.run();
    } else {
      listeners.add(action);
    }
  }

  /** Waits until the end is asked for. */
  public void await() throws InterruptedException {
    requested.await();
  }

  /** Waits until the end is asked for or the time is over; true when it was asked for. */
  public boolean await(Duration timeout) throws InterruptedException {
    return requested.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }
}
