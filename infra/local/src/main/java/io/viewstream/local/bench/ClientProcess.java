package io.viewstream.local.bench;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@link ClientsCommand} in a process of its own. */
final class ClientProcess implements AutoCloseable {

  private static final long STOP_SECONDS = 60;

  private final Process process;
  private final Path log;
  // Written by the thread that reads the process's lines.
  private volatile ClientCounts latest = ClientCounts.NONE;

  private ClientProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts the process.
   *
   * @param arguments of the command
   * @param log for what it says on standard error
   */
  static ClientProcess start(List<String> arguments, Path log) {
    try {
      ClientProcess started =
          new ClientProcess(
              new ProcessBuilder(ChildCommand.of("512m", arguments))
                  .redirectError(log.toFile())
                  .start(),
              log);
      Thread.ofPlatform().name("counts-of-clients").daemon().start(started::read);
      return started;
    } catch (IOException e) {
      throw CommandException.failed("Cannot start clients: " + e.getMessage(), e);
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        latest = ClientCounts.ofLine(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What its clients have done, as far as it has told.
   *
   * @throws CommandException when the process has ended
   */
  ClientCounts counts() {
    if (!process.isAlive()) {
      throw CommandException.failed("The clients have ended: " + lastWords());
    }
    return latest;
  }

  private String lastWords() {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.reduce((earlier, later) -> later).orElse("they did not say why");
    } catch (IOException e) {
      return log + " cannot be read: " + Reason.of(e);
    }
  }

  /** Lets the clients finish and commit. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
