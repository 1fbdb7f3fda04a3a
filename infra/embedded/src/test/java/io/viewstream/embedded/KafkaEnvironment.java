package io.viewstream.embedded;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.TopicAdministrator;
import io.viewstream.schemas.TopicNames;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where tests get a broker and a registry from; the one place that knows.
 *
 * <p>{@link #shared()} is one environment for all tests of a JVM: which one, the system property
 * {@code kafka.environment} says.
 *
 * <ul>
 *   <li>{@code embedded} (default): {@link LocalPlatform}, ready in about 5 s.
 *   <li>{@code containers}: a broker started by Testcontainers from the image {@code
 *       kafka.environment.image}. Where no engine answers, tests are skipped with that reason.
 *   <li>{@code external}: {@code kafka.environment.bootstrap.servers} and {@code
 *       kafka.environment.registry.url}.
 * </ul>
 *
 * <p>Tests of one environment keep apart by topic prefixes, one for each call of {@link
 * #newTopics}. A test that stops servers takes an environment of its own by {@link #dedicated()}
 * and closes it.
 *
 * <pre>{@code
 * KafkaEnvironment kafka = KafkaEnvironment.shared();
 * ConnectionSettings connection = kafka.newTopics(4);
 * }</pre>
 */
public final class KafkaEnvironment implements AutoCloseable {

  private static @Nullable KafkaEnvironment shared;

  private final KafkaServers servers;

  private KafkaEnvironment(KafkaServers servers) {
    this.servers = servers;
  }

  /**
   * The environment of this JVM, started at the first call and ended with the JVM. Not to be closed
   * by a test.
   */
  public static synchronized KafkaEnvironment shared() {
    if (shared == null) {
      KafkaEnvironment started =
          new KafkaEnvironment(start(System.getProperty("kafka.environment", "embedded")));
      Runtime.getRuntime().addShutdownHook(new Thread(started::close, "kafka-environment-close"));
      shared = started;
    }
    return shared;
  }

  /** An embedded environment for one test alone, whatever the shared one is. The test closes it. */
  public static KafkaEnvironment dedicated() {
    return new KafkaEnvironment(new EmbeddedServers());
  }

  private static KafkaServers start(String name) {
    return switch (name) {
      case "embedded" -> new EmbeddedServers();
      case "containers" -> new ContainerServers();
      case "external" -> ExternalServers.fromProperties();
      default ->
          throw new IllegalArgumentException(
              "kafka.environment is '" + name + "', not embedded, containers or external");
    };
  }

  public String bootstrapServers() {
    return servers.bootstrapServers();
  }

  public String registryUrl() {
    return servers.registryUrl();
  }

  /** Connects to topics of a prefix that no other test has; the topics are not there yet. */
  public ConnectionSettings newConnection() {
    String prefix = "test-" + UUID.randomUUID().toString().substring(0, 8) + ".";
    return new ConnectionSettings(
        bootstrapServers(), registryUrl(), new TopicNames(prefix), Map.of());
  }

  /** Creates all topics under a prefix that no other test has, and registers their schemas. */
  public ConnectionSettings newTopics(int partitions) {
    ConnectionSettings connection = newConnection();
    try (TopicAdministrator topics = new TopicAdministrator(connection)) {
      topics.create(partitions, 1);
    }
    return connection;
  }

  /** Stops the broker in order; its data stay. Only in a {@link #dedicated()} environment. */
  public void stopBroker() {
    embedded().stopBroker();
  }

  /** Starts the broker again on its port with its data. */
  public void startBroker() {
    embedded().startBroker();
  }

  /** Stops the registry; its schemas stay. Only in a {@link #dedicated()} environment. */
  public void stopRegistry() {
    embedded().stopRegistry();
  }

  /** Starts the registry again on its port with its schemas and their ids. */
  public void startRegistry() {
    embedded().startRegistry();
  }

  private EmbeddedServers embedded() {
    if (this == shared || !(servers instanceof EmbeddedServers embedded)) {
      throw new IllegalStateException(
          "Only an environment made by dedicated() can be stopped and started");
    }
    return embedded;
  }

  @Override
  public void close() {
    servers.close();
  }
}
