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

/** Reads all that is in a topic now. */
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

  private TopicContents() {}

  static <T extends SpecificRecordBase> List<Entry<T>> read(
      ConnectionSettings connection, String topic, Schema schema) {
    RecordDeserializer<T> deserializer =
        new RecordDeserializer<>(connection.schemaRegistry(), schema);
    List<Entry<T>> entries = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            connection.kafkaProperties(),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
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
