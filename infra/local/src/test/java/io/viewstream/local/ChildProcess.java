package io.viewstream.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The {@code viewstream} command in a process of its own, with signals and an exit code. */
final class ChildProcess implements AutoCloseable {

  private static final long LIMIT_SECONDS = 90;
  private static final int SIGINT = 2;

  private final Process process;
  private final BufferedReader output;
  private final Path errorFile;

  private ChildProcess(Process process, Path errorFile) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
    this.errorFile = errorFile;
  }

  /** Starts the command; its standard error goes to a file in the given folder. */
  static ChildProcess start(Path directory, List<String> arguments) throws IOException {
    Path errorFile = Files.createTempFile(directory, "error", ".txt");
    return new ChildProcess(
        new ProcessBuilder(command(arguments))
            .directory(directory.toFile())
            .redirectError(errorFile.toFile())
            .start(),
        errorFile);
  }

  /** The same, with its standard error among its output; {@link #error()} is empty. */
  static ChildProcess startMerged(Path directory, List<String> arguments) throws IOException {
    return new ChildProcess(
        new ProcessBuilder(command(arguments))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start(),
        Files.createTempFile(directory, "error", ".txt"));
  }

  private static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx1g",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dai.djl.offline=true",
            "-Dviewstream.registry.directory="
                + System.getProperty("viewstream.registry.directory"),
            "-cp",
            System.getProperty("java.class.path"),
            Viewstream.class.getName()));
    command.addAll(arguments);
    return command;
  }

  /** Reads standard output up to a line that contains a text. */
  void awaitOutput(String text) throws IOException {
    List<String> others = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.contains(text)) {
        return;
      }
      others.add(line);
    }
    throw new AssertionError(
        "Ended without the line '%s'; output: %s; errors: %s"
            .formatted(text, String.join("\n", others), error()));
  }

  /** What is left of standard output, to its end. */
  String readRest() throws IOException {
    return String.join("\n", output.lines().toList());
  }

  /**
   * Sends a signal, as Ctrl-C does with INT.
   *
   * @throws AssertionError at once if it is INT and the process ignores that, as it and all
   *     processes above it do where a shell without job control started one of them with an {@code
   *     &}
   */
  void signal(String name) throws IOException, InterruptedException {
    if (name.equals("INT") && ignoresInterrupt()) {
      throw new AssertionError(
          "Processes ignore SIGINT here, which is inherited; run Maven in the foreground, not with an & in a script");
    }
    int exitCode =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
            .inheritIO()
            .start()
            .waitFor();
    if (exitCode != 0) {
      throw new AssertionError("kill -" + name + " ended with " + exitCode);
    }
  }

  /** Where the system has no such file, nothing is known and the signal is sent. */
  private boolean ignoresInterrupt() throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (!Files.exists(status)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("SigIgn:"))
          .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
          .anyMatch(ignored -> (ignored >> (SIGINT - 1) & 1) == 1);
    }
  }

  int awaitExit() throws InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError(
          "Still running after " + LIMIT_SECONDS + " s; errors so far: " + error());
    }
    return process.exitValue();
  }

  long processId() {
    return process.pid();
  }

  /** The processes that the command has started and that still run. */
  Stream<ProcessHandle> children() {
    return process.children();
  }

  String error() {
    try {
      return Files.readString(errorFile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
