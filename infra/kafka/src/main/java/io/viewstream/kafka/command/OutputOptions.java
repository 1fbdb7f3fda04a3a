package io.viewstream.kafka.command;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options of every command, also of those that need no broker or bring their own; a picocli
 * mixin.
 */
public final class OutputOptions {

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write the outcome to this file as JSON.")
  private @Nullable Path report;

  @Option(
      names = {"-v", "--verbose"},
      description = "Log more, and show stack traces.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  /** Where the JSON report goes, if one is wanted. */
  public Optional<Path> report() {
    return Optional.ofNullable(report);
  }

  /** Whether stack traces and more log lines are wanted. */
  public boolean verbose() {
    return verbose;
  }
}
