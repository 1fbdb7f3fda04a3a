package io.viewstream.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Broker and registry of this machine, which can be stopped and started again with all their data
 * on their ports.
 */
final class EmbeddedServers implements KafkaServers {

  private final Path directory;
  private final int brokerPort;
  private final int registryPort;
  private @Nullable EmbeddedBroker broker;
  private @Nullable EmbeddedRegistry registry;

  EmbeddedServers() {
    try {
      directory = Files.createTempDirectory("viewstream-test-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    LocalPlatform platform = LocalPlatform.start(new LocalPlatform.Settings(0, 0, directory));
    broker = platform.broker();
    registry = platform.registry();
    brokerPort = broker.port();
    registryPort = registry.port();
  }

  @Override
  public String bootstrapServers() {
    return "127.0.0.1:" + brokerPort;
  }

  @Override
  public String registryUrl() {
    return "http://127.0.0.1:" + registryPort + "/apis/ccompat/v7";
  }

  synchronized void stopBroker() {
    EmbeddedBroker running = broker;
    broker = null;
    if (running != null) {
      running.close();
    }
  }

  synchronized void startBroker() {
    if (broker == null) {
      broker = EmbeddedBroker.start(brokerPort, directory.resolve("broker"));
    }
  }

  synchronized void stopRegistry() {
    EmbeddedRegistry running = registry;
    registry = null;
    if (running != null) {
      running.close();
    }
  }

  synchronized void startRegistry() {
    if (registry == null) {
      registry = EmbeddedRegistry.start(registryPort, directory.resolve("registry"));
    }
  }

  @Override
  public void close() {
    try {
      stopRegistry();
    } finally {
      stopBroker();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
