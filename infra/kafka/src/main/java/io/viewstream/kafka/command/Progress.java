package io.viewstream.kafka.command;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Progress of one piece of work: a bar with rate and time left on a terminal, a line every few
 * seconds elsewhere. Safe for use by several threads.
 */
public final class Progress implements AutoCloseable {
  private static final int BAR_CELLS = 24;
  private static final long TERMINAL_INTERVAL_NANOS = Duration.ofMillis(200).toNanos();
  private static final long LINE_INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();

  private final Output output;
  private final String label;
  private final String unit;
  private final OptionalLong total;
  private final long startNanos;

  private long done;
  private long paintedNanos;
  private int paintedColumns;
  private boolean closed;

  /**
   * Where progress is shown.
   *
   * @param stream usually standard error
   * @param terminal whether lines may be painted over
   * @param nanoTime the clock, in nanoseconds
   */
  public record Output(PrintStream stream, boolean terminal, LongSupplier nanoTime) {
    /**
     * Standard error of this process. Java cannot tell whether it is a terminal, so the launcher
     * says so in the system property {@code viewstream.terminal}.
     */
    public static Output standardError() {
      return new Output(System.err, Boolean.getBoolean("viewstream.terminal"), System::nanoTime);
    }
  }

  private Progress(Output output, String label, OptionalLong total, String unit) {
    this.output = output;
    this.label = label;
    this.total = total;
    this.unit = unit;
    this.startNanos = output.nanoTime().getAsLong();
    this.paintedNanos = startNanos;
  }

  /**
   * Starts a piece of work on standard error.
   *
   * @param label what is done, such as {@code ingest}
   * @param total how many units there are, if known
   * @param unit the unit in the plural, such as {@code images}
   */
  public static Progress start(String label, OptionalLong total, String unit) {
    return start(Output.standardError(), label, total, unit);
  }

  /** Starts a piece of work on any output. */
  public static Progress start(Output output, String label, OptionalLong total, String unit) {
    return new Progress(output, label, total, unit);
  }

  /** Says that more units are done. */
  public synchronized void advance(long units) {
    update(done + units, "");
  }

  /** Says how many units are done, with a remark such as a loss; an empty remark shows nothing. */
  public synchronized void update(long unitsDone, String remark) {
    done = unitsDone;
    long now = output.nanoTime().getAsLong();
    long interval = output.terminal() ? TERMINAL_INTERVAL_NANOS : LINE_INTERVAL_NANOS;
    if (!closed && now - paintedNanos >= interval) {
      paintedNanos = now;
      paint(line(now, remark), !output.terminal());
    }
  }

  /** Shows the final state on a line of its own. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      paint(line(output.nanoTime().getAsLong(), ""), true);
    }
  }

  private void paint(String line, boolean lineEnds) {
    StringBuilder text = new StringBuilder();
    if (output.terminal()) {
      text.append('\r')
          .append(line)
          .append(" ".repeat(Math.max(0, paintedColumns - line.length())));
      paintedColumns = line.length();
    } else {
      text.append(line);
    }
    if (lineEnds) {
      text.append(System.lineSeparator());
      paintedColumns = 0;
    }
    output.stream().print(text);
    output.stream().flush();
  }

  private String line(long now, String remark) {
    double seconds = Math.max(1e-9, (now - startNanos) / 1e9);
    double rate = done / seconds;
    StringBuilder line = new StringBuilder(label).append(' ');
    if (total.isPresent() && total.getAsLong() > 0) {
      double fraction = Math.min(1, (double) done / total.getAsLong());
      if (output.terminal()) {
        int cells = (int) (fraction * BAR_CELLS);
        line.append('[')
            .append("#".repeat(cells))
            .append("-".repeat(BAR_CELLS - cells))
            .append("] ");
      }
      line.append(
          String.format(
              Locale.ROOT, "%d/%d %s (%.0f %%)", done, total.getAsLong(), unit, 100 * fraction));
    } else {
      line.append(done).append(' ').append(unit);
    }
    line.append(String.format(Locale.ROOT, ", %.1f/s", rate));
    if (closed) {
      line.append(", ").append(readable(seconds));
    } else if (total.isPresent() && done > 0) {
      line.append(", ").append(readable((total.getAsLong() - done) / rate)).append(" left");
    }
    return remark.isEmpty() ? line.toString() : line.append(", ").append(remark).toString();
  }

  private static String readable(double seconds) {
    long whole = Math.round(Math.max(0, seconds));
    return whole < 60
        ? String.format(Locale.ROOT, "%.1f s", Math.max(0, seconds))
        : String.format(Locale.ROOT, "%d:%02d min", whole / 60, whole % 60);
  }
}
