package io.viewstream.augment;

import io.viewstream.kafka.ConnectionSettings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the committed views of a topic as they come, and remembers how long it had to wait for the
 * next ones.
 */
final class ViewReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);

  private final Consumer<byte[], byte[]> consumer;
  private final Thread thread;
  private final AtomicLong views = new AtomicLong();
  private final Map<Integer, Long> viewsByPartition = new ConcurrentHashMap<>();
  private final AtomicLong longestStallNanos = new AtomicLong();
  private volatile boolean closed;

  ViewReader(ConnectionSettings connection) {
    Map<String, Object> properties = connection.kafkaProperties();
    properties.put("isolation.level", "read_committed");
    properties.put("auto.offset.reset", "earliest");
    properties.put("enable.auto.commit", "false");
    this.consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    String topic = connection.topics().syntheticViews();
    consumer.assign(
        consumer.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList());
    this.thread = Thread.ofPlatform().name("view-reader").start(this::read);
  }

  private void read() {
    long lastNanos = System.nanoTime();
    while (!closed) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        long now = System.nanoTime();
        if (views.getAndIncrement() > 0) {
          longestStallNanos.accumulateAndGet(now - lastNanos, Math::max);
        }
        lastNanos = now;
        viewsByPartition.merge(record.partition(), 1L, Long::sum);
      }
    }
    consumer.close();
  }

  /** Views seen so far. */
  long views() {
    return views.get();
  }

  /** Views seen so far on a partition. */
  long views(int partition) {
    return viewsByPartition.getOrDefault(partition, 0L);
  }

  /** The longest time between two views. */
  Duration longestStall() {
    return Duration.ofNanos(longestStallNanos.get());
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join();
  }
}
