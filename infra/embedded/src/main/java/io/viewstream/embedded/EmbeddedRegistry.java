package io.viewstream.embedded;

import io.viewstream.embedded.internal.DataDirectory;
import io.viewstream.embedded.internal.LoopbackPorts;
import io.viewstream.embedded.internal.RegistryInstallation;
import io.viewstream.kafka.command.Reason;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry beside this JVM: Apicurio Registry as a child process, which speaks Confluent's
 * API.
 *
 * <pre>{@code
 * try (EmbeddedRegistry registry = EmbeddedRegistry.start()) {
 *   connect(registry.url());
 * }
 * }</pre>
 *
 * <p>The process ends with {@link #close()} and, by the end of its standard input, when this JVM
 * dies in any other way. With a data folder given, schemas and their ids survive a restart; else
 * they live in memory. Its log is {@code registry.log} in the data folder. {@link #close()} is for
 * one thread; the accessors are for any.
 */
public final class EmbeddedRegistry implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRegistry.class);
  private static final String API = "/apis/ccompat/v7";
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  /** How long an API that answers may answer with errors: its database opens after its port. */
  private static final Duration ERROR_LIMIT = Duration.ofSeconds(15);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
  private static final int ATTEMPTS = 3;
  private static final int NO_ANSWER = -1;
  private static final int LOG_TAIL_LINES = 15;
  private static final String LOG_FILE = "registry.log";

  private final DataDirectory data;
  private final Process process;
  private final int port;
  private boolean closed;

  private EmbeddedRegistry(DataDirectory data, Process process, int port) {
    this.data = data;
    this.process = process;
    this.port = port;
  }

  /** Starts a registry on a free port that keeps its schemas in memory. */
  public static EmbeddedRegistry start() {
    return start(0, null);
  }

  /**
   * Starts a registry and returns when its API answers: about 5 s.
   *
   * @param port the port, 0 for a free one
   * @param dataDirectory the folder to keep, null to forget all schemas in the end
   * @throws EmbeddedServerException if the port is taken, the folder is in use, or the registry
   *     does not come up; then the message ends with the last lines of its log
   */
  public static EmbeddedRegistry start(int port, @Nullable Path dataDirectory) {
    return start(RegistryInstallation.find(), port, dataDirectory);
  }

  /** Starts a registry from a given installation. */
  static EmbeddedRegistry start(
      RegistryInstallation installation, int port, @Nullable Path dataDirectory) {
    if (port != 0) {
      LoopbackPorts.requireFree(port, "schema registry");
    }
    DataDirectory data = DataDirectory.open(dataDirectory, "registry");
    try {
      return start(installation, port, data, 1);
    } catch (RuntimeException e) {
      try (data) {
        throw e;
      }
    }
  }

  private static EmbeddedRegistry start(
      RegistryInstallation installation, int port, DataDirectory data, int attempt) {
    List<Integer> free = LoopbackPorts.free(2);
    int apiPort = port == 0 ? free.get(0) : port;
    Path log = data.path().resolve(LOG_FILE);
    Process process =
        launch(
            installation.command(apiPort, free.get(1), data.temporary() ? null : data.path()), log);
    boolean up = false;
    try {
      up = awaitUp(process, apiPort);
    } finally {
      if (!up) {
        end(process);
      }
    }
    if (up) {
      EmbeddedRegistry registry = new EmbeddedRegistry(data, process, apiPort);
      LOG.info("Schema registry listens on {}, log in {}", registry.url(), log);
      return registry;
    }
    String tail = tail(log);
    // Another program may have taken a free port between our look and the registry's.
    if (attempt < ATTEMPTS && tail.contains("already in use") && port == 0) {
      return start(installation, port, data, attempt + 1);
    }
    throw new EmbeddedServerException(
        "The schema registry did not start on %s:%d; the end of its log:%n%s"
            .formatted(LoopbackPorts.HOST, apiPort, tail));
  }

  private static Process launch(List<String> command, Path log) {
    try {
      return new ProcessBuilder(command)
          .directory(log.getParent().toFile())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()))
          .start();
    } catch (IOException e) {
      throw new EmbeddedServerException(
          "The schema registry cannot be started: " + e.getMessage(), e);
    }
  }

  /**
   * Returns whether the registry answers; not when its process has ended, the time is over or the
   * thread is interrupted.
   */
  private static boolean awaitUp(Process process, int port) {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    boolean failing = false;
    try {
      while (process.isAlive() && deadline - System.nanoTime() > 0) {
        int status = status(port);
        if (status == HttpURLConnection.HTTP_OK) {
          return true;
        }
        if (status != NO_ANSWER && !failing) {
          failing = true;
          deadline = Math.min(deadline, System.nanoTime() + ERROR_LIMIT.toNanos());
        }
        process.waitFor(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private static int status(int port) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(url(port) + "/subjects").toURL().openConnection();
      connection.setConnectTimeout(1_000);
      connection.setReadTimeout(10_000);
      try {
        return connection.getResponseCode();
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return NO_ANSWER;
    }
  }

  private static String tail(Path log) {
    try {
      List<String> lines = Files.readString(log, StandardCharsets.UTF_8).lines().toList();
      return String.join(
          System.lineSeparator(),
          lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return "(" + log + " cannot be read: " + Reason.of(e) + ")";
    }
  }

  private static String url(int port) {
    return "http://" + LoopbackPorts.HOST + ":" + port + API;
  }

  /** The base of Confluent's API, for {@code --schema-registry-url}. */
  public String url() {
    return url(port);
  }

  public int port() {
    return port;
  }

  /** The operating system's id of the registry's process. */
  public long processId() {
    return process.pid();
  }

  public Path dataDirectory() {
    return data.path();
  }

  /**
   * Completes when the registry's process has ended, whoever ended it, with the last lines of its
   * log. Cancelling it does nothing to the process.
   */
  public CompletableFuture<String> onExit() {
    return process.onExit().thenApply(ended -> tail(data.path().resolve(LOG_FILE)));
  }

  /**
   * Stops the registry, by force if it has not ended within 5 seconds. Does nothing the second
   * time.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (data) {
      end(process);
    }
    LOG.info("Schema registry on {} stopped", url());
  }

  private static void end(Process process) {
    process.destroy();
    try {
      if (process.waitFor(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // SIGKILL takes effect at once; the handle's future ends when the process is gone.
    process.destroyForcibly().onExit().join();
  }
}
