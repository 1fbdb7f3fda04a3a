package io.viewstream.kafka;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * All committed records of a topic, up to where it ends when reading begins. Holds no connection
 * between calls.
 *
 * @param connection the cluster
 * @param topic the topic's name
 */
public record CommittedTopic(ConnectionSettings connection, String topic) {

  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * How long the broker holds a fetch back that finds nothing. What is read is there already, so
   * nothing is gained by waiting; and a consumer sends its next fetch before it knows that it was
   * the last, and closes only after the answer.
   */
  private static final int FETCH_MILLIS = 10;

  /** With nothing new for so long, the cluster is taken to be away. */
  private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

  /**
   * Reads all partitions together, each in the order of its offsets.
   *
   * @throws CommandException when the topic cannot be read
   */
  public void forEach(Consumer<ConsumerRecord<byte[], byte[]>> action) {
    Map<String, Object> properties = connection.kafkaProperties();
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_MILLIS);
    try (KafkaConsumer<byte[], byte[]> consumer =
        connection.open(
            () ->
                new KafkaConsumer<>(
                    properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()))) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      read(consumer, consumer.endOffsets(partitions), action);
    } catch (KafkaException e) {
      throw CommandException.failed("Cannot read topic " + topic + ": " + Reason.of(e), e);
    }
  }

  private void read(
      KafkaConsumer<byte[], byte[]> consumer,
      Map<TopicPartition, Long> ends,
      Consumer<ConsumerRecord<byte[], byte[]>> action) {
    long left = left(consumer, ends);
    long progressNanos = System.nanoTime();
    while (left > 0) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < ends.getOrDefault(partition, 0L)) {
          action.accept(record);
        }
      }
      long before = left;
      left = left(consumer, ends);
      if (left < before) {
        progressNanos = System.nanoTime();
      } else if (System.nanoTime() - progressNanos > PATIENCE_NANOS) {
        throw CommandException.failed(
            "Topic %s gave nothing for %d s, with %d records still to come; is %s up?"
                .formatted(
                    topic,
                    Duration.ofNanos(PATIENCE_NANOS).toSeconds(),
                    left,
                    connection.bootstrapServers()));
      }
    }
  }

  /** Offsets still to be passed; the markers of transactions count, which are no records. */
  private static long left(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    long left = 0;
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      left += Math.max(0, end.getValue() - consumer.position(end.getKey()));
    }
    return left;
  }
}
