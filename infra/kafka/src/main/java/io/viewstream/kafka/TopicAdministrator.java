package io.viewstream.kafka;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Reason;
import io.viewstream.schemas.Topic;
import io.viewstream.schemas.serde.RegistryUnavailableException;
import io.viewstream.schemas.serde.SchemaNotRegisteredException;
import io.viewstream.schemas.serde.SchemaRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates, describes and checks the topics of one data plane. Every failure is a {@link
 * CommandException} that names the cluster or topic. Safe for use by several threads.
 */
public final class TopicAdministrator implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Logger LOG = LoggerFactory.getLogger(TopicAdministrator.class);

  /** When somebody who waits should hear of it. */
  private static final Duration NOTICE = Duration.ofSeconds(3);

  private final ConnectionSettings connection;
  private final Admin admin;

  /**
   * One topic as it is on the cluster.
   *
   * @param configuration the settings that the contract speaks of, by Kafka's names
   */
  public record TopicState(
      Topic topic,
      String name,
      Uuid id,
      int partitions,
      int replicationFactor,
      Map<String, String> configuration) {
    /** Copies the settings. */
    public TopicState {
      configuration = Map.copyOf(configuration);
    }
  }

  /**
   * Opens a connection, without asking the cluster anything yet.
   *
   * @throws CommandException when no client can be made of the connection's address and properties
   */
  public TopicAdministrator(ConnectionSettings connection) {
    this.connection = connection;
    Map<String, Object> properties = connection.kafkaProperties();
    properties.put(
        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(TIMEOUT.toMillis()));
    this.admin = connection.open(() -> Admin.create(properties));
  }

  /**
   * Creates the topics that are not there yet and registers the schemas; topics that are there stay
   * as they are.
   *
   * @param partitions partitions of each topic that takes more than one
   * @return the topics that were created
   */
  public List<String> create(int partitions, int replicationFactor) {
    List<String> created = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      String name = connection.topics().of(topic);
      NewTopic newTopic =
          new NewTopic(name, topic.partitioned() ? partitions : 1, (short) replicationFactor)
              .configs(topic.configuration(replicationFactor));
      try {
        wait(admin.createTopics(List.of(newTopic)).all(), "create topic " + name);
        created.add(name);
      } catch (CommandException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
    awaitVisible();
    registerSchemas();
    return List.copyOf(created);
  }

  /** The controller answers before the last broker has heard, and any of them may be asked next. */
  private void awaitVisible() {
    long startNanos = System.nanoTime();
    while (describe().size() < Topic.values().length) {
      if (System.nanoTime() - startNanos > TIMEOUT.toNanos()) {
        throw CommandException.failed(
            "The topics are created, but after %d s not all brokers of %s know them; try again"
                .formatted(TIMEOUT.toSeconds(), connection.bootstrapServers()));
      }
      try {
        Thread.sleep(LOOK);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CommandException.interrupted("Interrupted while creating the topics");
      }
    }
  }

  private void registerSchemas() {
    SchemaRegistry registry = connection.schemaRegistry();
    try {
      for (Topic topic : Topic.values()) {
        registry.register(Topic.subject(connection.topics().of(topic)), topic.schema());
      }
    } catch (RegistryUnavailableException | SchemaNotRegisteredException e) {
      throw CommandException.failed("Cannot register the schemas: " + e.getMessage(), e);
    }
  }

  /** The topics that are there, in the order of {@link Topic}. */
  public Map<Topic, TopicState> describe() {
    Map<Topic, TopicState> states = new EnumMap<>(Topic.class);
    for (Topic topic : Topic.values()) {
      describe(topic).ifPresent(state -> states.put(topic, state));
    }
    return states;
  }

  private Optional<TopicState> describe(Topic topic) {
    String name = connection.topics().of(topic);
    try {
      TopicDescription description =
          wait(admin.describeTopics(List.of(name)).allTopicNames(), "describe topic " + name)
              .get(name);
      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
      Config config =
          wait(
                  admin.describeConfigs(List.of(resource)).all(),
                  "describe the settings of topic " + name)
              .get(resource);
      Map<String, String> settings = new TreeMap<>();
      for (String key : topic.configuration(1).keySet()) {
        settings.put(key, String.valueOf(config.get(key).value()));
      }
      return Optional.of(
          new TopicState(
              topic,
              name,
              description.topicId(),
              description.partitions().size(),
              description.partitions().getFirst().replicas().size(),
              settings));
    } catch (CommandException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Checks that topics are there and keep their records for ever.
   *
   * @param allowRetention accept topics that lose records by age or size
   * @return their states
   * @throws CommandException when some are missing, naming all of them, or one compacts or has a
   *     finite retention
   */
  public Map<Topic, TopicState> verify(Collection<Topic> needed, boolean allowRetention) {
    Map<Topic, TopicState> states = new EnumMap<>(Topic.class);
    List<String> missing = new ArrayList<>();
    for (Topic topic : EnumSet.copyOf(needed)) {
      describe(topic)
          .ifPresentOrElse(
              state -> states.put(topic, state), () -> missing.add(connection.topics().of(topic)));
    }
    if (!missing.isEmpty()) {
      throw CommandException.failed(
          "%s %s %s not on %s; run `viewstream topics create`, or correct --topic-prefix"
              .formatted(
                  missing.size() == 1 ? "Topic" : "Topics",
                  String.join(", ", missing),
                  missing.size() == 1 ? "is" : "are",
                  connection.bootstrapServers()));
    }
    for (TopicState state : states.values()) {
      if (!allowRetention) {
        for (String key : List.of("retention.ms", "retention.bytes")) {
          if (!state.configuration().getOrDefault(key, "").equals("-1")) {
            throw CommandException.failed(
                "Topic "
                    + state.name()
                    + " loses records: "
                    + key
                    + "="
                    + state.configuration().get(key)
                    + " instead of -1; change it, or pass --allow-retention if replays may fail");
          }
        }
      }
      if (!state.configuration().getOrDefault("cleanup.policy", "").equals("delete")) {
        throw CommandException.failed(
            "Topic "
                + state.name()
                + " has cleanup.policy="
                + state.configuration().get("cleanup.policy")
                + " instead of delete: compaction would take views away from their images");
      }
    }
    return states;
  }

  /** Checks that all topics are there and keep their records for ever. */
  public Map<Topic, TopicState> verifyAll(boolean allowRetention) {
    return verify(EnumSet.allOf(Topic.class), allowRetention);
  }

  /** Kafka's id of the cluster. */
  public String clusterId() {
    return wait(admin.describeCluster().clusterId(), "ask for the cluster's id");
  }

  private <T> T wait(KafkaFuture<T> future, String what) {
    Supplier<String> sentence =
        () -> "Cannot " + what + " on " + connection.bootstrapServers() + ": ";
    try {
      try {
        return future.get(NOTICE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (java.util.concurrent.TimeoutException e) {
        LOG.warn(
            "No answer from {} after {} s; waiting for up to {} s",
            connection.bootstrapServers(),
            NOTICE.toSeconds(),
            TIMEOUT.toSeconds());
        return future.get();
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof TimeoutException) {
        throw CommandException.failed(
            sentence.get()
                + "no broker answered within "
                + TIMEOUT.toSeconds()
                + " s; check --bootstrap-server, and what --command-config says of TLS and SASL",
            cause);
      }
      throw CommandException.failed(sentence.get() + Reason.of(cause), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.interrupted(sentence.get() + "interrupted");
    }
  }

  @Override
  public void close() {
    admin.close(TIMEOUT);
  }
}
