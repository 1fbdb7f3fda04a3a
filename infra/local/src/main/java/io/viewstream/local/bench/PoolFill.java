package io.viewstream.local.bench;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.trainer.feed.FillProgress;
import io.viewstream.trainer.feed.ViewPool;
import io.viewstream.trainer.feed.ViewPoolSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic of images: into a fresh pool, and by a bare consumer that drops what it reads. */
final class PoolFill {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final int FETCH_BYTES = 16 << 20;

  private final ConnectionSettings connection;
  private final Path folder;
  private int pools;

  PoolFill(ConnectionSettings connection, Path folder) {
    this.connection = connection;
    this.folder = folder;
  }

  /**
   * Fills a new pool: malformed records found, checksums made, everything on its way to the disk.
   */
  Measurement pool() throws InterruptedException {
    try (ViewPool pool =
        ViewPool.open(
            ViewPoolSettings.of(connection, folder.resolve("fill-" + pools++)),
            FillProgress.NONE)) {
      Stopwatch watch = new Stopwatch();
      int images = pool.snapshotAt(pool.freezeHorizon()).size();
      return watch.measured("pool fill", "images", images, pool.usedBytes());
    }
  }

  /** Reads the same records as Kafka's kafka-consumer-perf-test does. */
  Measurement consume() {
    Map<String, Object> properties = connection.kafkaProperties();
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      String topic = connection.topics().sourceImages();
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long records = 0;
      long bytes = 0;
      Stopwatch watch = new Stopwatch();
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long total = ends.values().stream().mapToLong(Long::longValue).sum();
      while (records < total) {
        for (ConsumerRecord<byte[], byte[]> read : consumer.poll(POLL)) {
          records++;
          bytes += Math.max(0, read.serializedValueSize());
        }
      }
      return watch.measured("bare consumer", "images", records, bytes);
    }
  }
}
