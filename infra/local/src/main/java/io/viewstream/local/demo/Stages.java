package io.viewstream.local.demo;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.local.report.DemoReport.Stage;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Runs the demo's stages one after the other, times them and announces them. Used by one thread.
 */
final class Stages {

  private final int count;
  private final ShutdownSignal stop;
  private final PrintStream output;
  private final LongSupplier nanoTime;
  private final List<Stage> done = new ArrayList<>();

  /** Work that may be interrupted. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws InterruptedException;
  }

  /**
   * How much a stage did.
   *
   * @param amount of units, 0 if that says nothing
   * @param perSecond units per second, as the service measured it while at work
   * @param sentence for the terminal
   */
  record Summary(long amount, String unit, double perSecond, String sentence) {}

  Stages(int count, ShutdownSignal stop, PrintStream output, LongSupplier nanoTime) {
    this.count = count;
    this.stop = stop;
    this.output = output;
    this.nanoTime = nanoTime;
  }

  /**
   * Runs a stage, unless the end was asked for.
   *
   * @param name such as {@code Ingest}
   * @param what it does, in a few words
   * @throws CommandException when the end was asked for before or while it ran
   */
  <T> T run(String name, String what, Work<T> work, Function<T, Summary> summary)
      throws InterruptedException {
    requireGoing();
    output.printf(Locale.ROOT, "%n[%d/%d] %s: %s%n", done.size() + 1, count, name, what);
    output.flush();
    long start = nanoTime.getAsLong();
    T result = work.run();
    Duration duration = Duration.ofNanos(nanoTime.getAsLong() - start);
    requireGoing();
    Summary sum = summary.apply(result);
    done.add(new Stage(name, what, duration, sum.amount(), sum.unit(), sum.perSecond()));
    output.printf(Locale.ROOT, "      %s (%.1f s)%n", sum.sentence(), duration.toNanos() / 1e9);
    return result;
  }

  /**
   * Does nothing unless the end was asked for.
   *
   * @throws CommandException when it was
   */
  void requireGoing() {
    if (stop.isRequested()) {
      throw CommandException.interrupted("Interrupted; what was done so far is in the work folder");
    }
  }

  /** What was done, in order. */
  List<Stage> done() {
    return List.copyOf(done);
  }
}
