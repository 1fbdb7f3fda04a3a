package io.viewstream.local.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.TopicAdministrator;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Reason;
import io.viewstream.schemas.Topic;
import io.viewstream.schemas.TopicNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * The cluster that a benchmark uses: the user's own, or {@code viewstream local} in a process of
 * its own, on free ports, with a temporary folder that is deleted at the end. Every benchmark has
 * topics with a prefix of its own.
 *
 * <p>After Ctrl-C or SIGTERM nothing of that is left either: {@link BenchStop} says how it ends.
 */
final class BenchServers implements AutoCloseable {

  private static final long START_SECONDS = 120;
  private static final long STOP_SECONDS = 30;
  private static final long LOOK_MILLIS = 50;
  private static final int PARTITIONS = 16;

  private final ConnectionSettings connection;
  private final Path folder;
  private final @Nullable Process process;
  private final double startSeconds;
  private final List<TopicNames> created = new CopyOnWriteArrayList<>();
  private final BenchStop stop;
  private boolean closed;

  private BenchServers(
      ConnectionSettings connection,
      Path folder,
      @Nullable Process process,
      double startSeconds,
      BenchStop stop) {
    this.connection = connection;
    this.folder = folder;
    this.process = process;
    this.startSeconds = startSeconds;
    this.stop = stop;
    stop.finallyRun(this::closeOnce);
  }

  /**
   * Starts servers, unless the options name a cluster.
   *
   * @throws CommandException when they do not come up
   */
  static BenchServers start(BenchOptions options) throws InterruptedException {
    BenchStop stop = BenchStop.install();
    try {
      return start(options, stop);
    } catch (InterruptedException | RuntimeException e) {
      stop.close();
      throw e;
    }
  }

  private static BenchServers start(BenchOptions options, BenchStop stop)
      throws InterruptedException {
    Path folder;
    try {
      folder = Files.createTempDirectory("viewstream-bench-");
    } catch (IOException e) {
      throw CommandException.failed("Cannot create a temporary folder: " + Reason.of(e), e);
    }
    if (options.namesCluster()) {
      return new BenchServers(options.common().connection(), folder, null, 0, stop);
    }
    System.err.println("Starting a broker and a schema registry in a process of their own…");
    long start = System.nanoTime();
    Path report = folder.resolve("servers.json");
    Path log = folder.resolve("servers.log");
    Process process;
    try {
      process =
          new ProcessBuilder(command(folder, report))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw CommandException.failed("Cannot start the servers: " + e.getMessage(), e);
    }
    stop.spare(process);
    long limit = start + TimeUnit.SECONDS.toNanos(START_SECONDS);
    try {
      while (!Files.exists(report)) {
        if (System.nanoTime() > limit || process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          process.destroyForcibly();
          throw CommandException.failed(
              "The servers did not come up within " + START_SECONDS + " s; " + log + " says why");
        }
      }
    } catch (InterruptedException e) {
      end(process);
      delete(folder);
      throw e;
    }
    double startSeconds = (System.nanoTime() - start) / 1e9;
    try {
      JsonNode where = new ObjectMapper().readTree(report.toFile());
      return new BenchServers(
          new ConnectionSettings(
              where.path("bootstrapServers").asText(),
              where.path("schemaRegistryUrl").asText(),
              new TopicNames(""),
              Map.of()),
          folder,
          process,
          startSeconds,
          stop);
    } catch (IOException e) {
      process.destroyForcibly();
      throw CommandException.failed("Cannot read " + report + ": " + Reason.of(e), e);
    }
  }

  private static List<String> command(Path folder, Path report) {
    return ChildCommand.of(
        "1g",
        List.of(
            "local",
            "--port",
            "0",
            "--registry-port",
            "0",
            "--data-dir",
            folder.resolve("data").toString(),
            "--report",
            report.toString()));
  }

  /** A folder for what a benchmark writes; deleted with the servers. */
  Path folder() {
    return folder;
  }

  /** How long the servers took to start; 0 for a cluster that was there. */
  double startSeconds() {
    return startSeconds;
  }

  /** The connection to new topics. */
  ConnectionSettings createTopics(String name) {
    ConnectionSettings topics =
        new ConnectionSettings(
            connection.bootstrapServers(),
            connection.schemaRegistryUrl(),
            new TopicNames("bench-%x-%s-".formatted(System.nanoTime(), name)),
            connection.clientProperties());
    created.add(topics.topics());
    try (TopicAdministrator administrator = new TopicAdministrator(topics)) {
      administrator.create(PARTITIONS, 1);
    }
    return topics;
  }

  @Override
  public void close() {
    // After a signal this does not return, and closes nothing twice.
    stop.close();
    closeOnce();
  }

  private synchronized void closeOnce() {
    if (closed) {
      return;
    }
    closed = true;
    if (process != null) {
      end(process);
    } else {
      deleteTopics();
    }
    delete(folder);
  }

  private static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Deletes a folder with all that is in it. */
  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + folder, e);
    }
  }

  /** On a cluster of the user's own nothing is left but the schemas. */
  private void deleteTopics() {
    try (Admin admin = connection.open(() -> Admin.create(connection.kafkaProperties()))) {
      for (TopicNames names : created) {
        for (Topic topic : Topic.values()) {
          delete(admin, names.of(topic));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** After an interrupt a topic may not have been made yet. */
  private static void delete(Admin admin, String topic) throws InterruptedException {
    try {
      admin.deleteTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
        throw CommandException.failed(
            "Cannot delete the benchmark's topic " + topic + ": " + Reason.of(e.getCause()), e);
      }
    }
  }
}
