package io.viewstream.local.bench;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.ShutdownSignal;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a benchmark ends after Ctrl-C or SIGTERM: its thread is interrupted, the processes that it
 * measures are told to stop, and when it has come back from what it was doing, the process ends
 * with {@link CommandException#INTERRUPTED}. The thread is waited for, since an engine that is
 * unloaded in the middle of a step takes the process down.
 *
 * <p>Opened and closed by the benchmark's thread. What else it opens it closes before this, except
 * for what is given to {@link #finallyRun}.
 */
final class BenchStop implements AutoCloseable {

  /**
   * A step of a large network takes seconds; whoever does not want to wait presses Ctrl-C again.
   */
  private static final long LEAVE_SECONDS = 60;

  private final ShutdownSignal signal;
  private final Thread owner = Thread.currentThread();
  private final CountDownLatch left = new CountDownLatch(1);
  private volatile @Nullable Process servers;
  private volatile Runnable cleaning = () -> {};

  private BenchStop(ShutdownSignal signal) {
    this.signal = signal;
    signal.onRequest(() -> Thread.ofPlatform().name("bench-stop").start(this::endProcess));
  }

  /** Interrupts the calling thread when the process is to end. */
  static BenchStop install() {
    return new BenchStop(ShutdownSignal.install());
  }

  /** The process that what is measured needs to the last; not told to stop with the others. */
  void spare(Process process) {
    servers = process;
  }

  /** What is left to do when the benchmark's thread has come back, or does not. */
  void finallyRun(Runnable action) {
    cleaning = action;
  }

  /** Throws where the benchmark is to stop; for loops that wait for nothing. */
  static void check() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("asked to stop");
    }
  }

  /** Runs on a thread of its own after the first signal. */
  private void endProcess() {
    PrintStream error = System.err;
    // Kafka's clients and performance tests print a trace for each record that an interrupt leaves
    // unsent; that measuring was broken off is the news.
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    owner.interrupt();
    Process spared = servers;
    ProcessHandle.current()
        .children()
        .filter(child -> spared == null || child.pid() != spared.pid())
        .forEach(ProcessHandle::destroy);
    try {
      left.await(LEAVE_SECONDS, TimeUnit.SECONDS);
      cleaning.run();
      error.println("viewstream: Interrupted");
    } catch (InterruptedException | RuntimeException e) {
      error.println("viewstream: " + e.getMessage());
    } finally {
      System.exit(CommandException.INTERRUPTED);
    }
  }

  /**
   * Does not return after a signal: the thread that acts on it ends the process and knows the exit
   * code; whatever this one met is its effect.
   */
  @Override
  public void close() {
    left.countDown();
    while (signal.isRequested()) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        // Interrupted by that thread, which ends the process.
      }
    }
  }
}
