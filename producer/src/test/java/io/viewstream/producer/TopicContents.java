package io.viewstream.producer;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.schemas.serde.RecordDeserializer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** The part of a topic that one test adds. */
final class TopicContents {
  /** One record; the value is null for a withdrawal. */
  record Entry<T>(String key, int partition, long offset, @Nullable T value) {
    T existing() {
      if (value == null) {
        throw new AssertionError("Record " + key + " has no value");
      }
      return value;
    }
  }

  private final ConnectionSettings connection;
  private final String topic;
  private final Map<TopicPartition, Long> start;

  /** What is added to a topic from now on. */
  TopicContents(ConnectionSettings connection, String topic) {
    this.connection = connection;
    this.topic = topic;
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      this.start = ends(consumer);
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        connection.kafkaProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private Map<TopicPartition, Long> ends(KafkaConsumer<byte[], byte[]> consumer) {
    return consumer.endOffsets(
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList());
  }

  /** All that was added until now, each partition in order. */
  <T extends SpecificRecordBase> List<Entry<T>> read(Schema schema) {
    RecordDeserializer<T> deserializer =
        new RecordDeserializer<>(connection.schemaRegistry(), schema);
    List<Entry<T>> entries = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      Map<TopicPartition, Long> ends = ends(consumer);
      consumer.assign(ends.keySet());
      start.forEach(consumer::seek);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          entries.add(
              new Entry<>(
                  new String(record.key(), StandardCharsets.UTF_8),
                  record.partition(),
                  record.offset(),
                  deserializer.deserialize(topic, record.value())));
        }
      }
    }
    return entries;
  }
}
