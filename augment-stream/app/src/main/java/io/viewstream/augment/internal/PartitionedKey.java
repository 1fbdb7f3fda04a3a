package io.viewstream.augment.internal;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;

/**
 * A record's key with the partition that it goes to. A partitioner of Kafka Streams sees key and
 * value only, so what {@code process()} knows of the source record must travel with the key.
 *
 * @param key the bytes that are written; not to be modified
 * @param partition from 0
 */
@SuppressWarnings("ArrayRecordComponent") // on its way to the producer, never compared
public record PartitionedKey(byte[] key, int partition) {

  /** Writes the key and leaves the partition out. */
  static Serializer<PartitionedKey> serializer() {
    return (topic, partitionedKey) -> partitionedKey.key();
  }

  /**
   * Chooses the partition that the key names.
   *
   * @param <V> any value
   */
  static <V> StreamPartitioner<PartitionedKey, V> partitioner() {
    return (topic, key, value, partitions) -> {
      if (key.partition() >= partitions) {
        // Checked at start-up; a topic cannot lose partitions.
        throw new IllegalStateException(
            "Topic " + topic + " has " + partitions + " partitions, none " + key.partition());
      }
      return Optional.of(Set.of(key.partition()));
    };
  }
}
