package io.viewstream.augment.internal;

import io.viewstream.kafka.ConnectionSettings;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads topics as a reader of committed records sees them at one moment. */
public final class CommittedRecords {
  private CommittedRecords() {}

  /** A consumer without a group that sees committed records only. */
  static Consumer<byte[], byte[]> consumer(ConnectionSettings connection) {
    return consumer(connection, IsolationLevel.READ_COMMITTED, Map.of());
  }

  /** The same, for a look at single records: it fetches as little as it can. */
  static Consumer<byte[], byte[]> probe(ConnectionSettings connection) {
    return consumer(
        connection,
        IsolationLevel.READ_COMMITTED,
        Map.of(
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1,
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1));
  }

  private static Consumer<byte[], byte[]> consumer(
      ConnectionSettings connection, IsolationLevel isolation, Map<String, Object> settings) {
    Map<String, Object> properties = connection.kafkaProperties();
    properties.putAll(settings);
    properties.put(
        ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString().toLowerCase(Locale.ROOT));
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    return connection.open(
        () ->
            new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
  }

  /** Assigns all partitions of topics to a consumer, and returns them. */
  static List<TopicPartition> assignAll(Consumer<?, ?> consumer, Collection<String> topics) {
    List<TopicPartition> partitions =
        topics.stream()
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
    consumer.assign(partitions);
    return partitions;
  }

  /**
   * Whether no transaction is open on the topics: the last stable offset of each partition has
   * reached its high watermark. Only then is a count of committed records final.
   */
  public static boolean settled(ConnectionSettings connection, Collection<String> topics) {
    // The high watermarks come first: a transaction that ends in between only makes this cautious.
    return endOffsets(connection, topics, IsolationLevel.READ_UNCOMMITTED)
        .equals(endOffsets(connection, topics, IsolationLevel.READ_COMMITTED));
  }

  private static Map<TopicPartition, Long> endOffsets(
      ConnectionSettings connection, Collection<String> topics, IsolationLevel isolation) {
    try (Consumer<byte[], byte[]> consumer = consumer(connection, isolation, Map.of())) {
      return consumer.endOffsets(assignAll(consumer, topics));
    }
  }
}
