package io.viewstream.trainer.feed.internal;

import io.viewstream.kafka.command.Reason;
import io.viewstream.schemas.serde.RegistryUnavailableException;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.ViewPoolSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/** Kafka's consumer as the feed uses it, and what its failures are to whoever asked. */
final class PoolConsumer {

  // Most of a fetch instead of the client's 64 KiB, as far as the system allows that: the broker
  // goes on sending while nobody reads.
  private static final int RECEIVE_BYTES = 4 << 20;

  // A fetch that finds nothing waits at the broker, and everything else behind it: the fetch of
  // partitions that are wanted again, the question where the topics end, closing. Views that are
  // still generated are such a fetch all the time.
  private static final int FETCH_WAIT_MILLIS = 20;

  private PoolConsumer() {}

  /**
   * A consumer of committed records that never chooses an offset by itself. Keys and values are
   * parts of what was fetched, not copies.
   *
   * @param maxPollRecords how many records one poll gives at most
   * @param fetchBytes the most that one fetch brings; an array of that size, which lives until the
   *     last of its records was read
   * @param partitionBytes the most of a partition in it
   * @throws io.viewstream.kafka.command.CommandException if its settings cannot be
   */
  static Consumer<ByteBuffer, ByteBuffer> open(
      ViewPoolSettings settings, int maxPollRecords, int fetchBytes, int partitionBytes) {
    Map<String, Object> properties = settings.connection().kafkaProperties();
    properties.putIfAbsent(ConsumerConfig.RECEIVE_BUFFER_CONFIG, Integer.toString(RECEIVE_BYTES));
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.groupId());
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Integer.toString(maxPollRecords));
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
    // Bounds what the client holds of unread records.
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(fetchBytes));
    properties.put(
        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(partitionBytes));
    return settings
        .connection()
        .open(
            () ->
                new KafkaConsumer<>(
                    properties, new ByteBufferDeserializer(), new ByteBufferDeserializer()));
  }

  /** Gives up what was connected to; a cluster that is away is not waited for. */
  static void giveUp(Consumer<?, ?> consumer) {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }

  /** The one line for whoever began to read. */
  static FeedException notConnected(ViewPoolSettings settings, KafkaException cause) {
    return new FeedException(
        "Cannot begin to read the topics from %s: %s"
            .formatted(settings.connection().bootstrapServers(), Reason.of(cause)),
        cause);
  }

  /** What a failure while reading is to whoever asked. */
  static FeedException failedWhileReading(KafkaException failure) throws InterruptedException {
    return switch (failure) {
      case InterruptException interrupt -> throw interrupted(interrupt);
      case OffsetOutOfRangeException expired ->
          new FeedException(
              "Records expired while they were read (%s); set the topics' retention.ms and retention.bytes to -1"
                  .formatted(Reason.of(expired)),
              expired);
      case RegistryUnavailableException registry ->
          new FeedException("Reading stopped: " + registry.getMessage(), registry);
      default -> new FeedException("Cannot read the topics: " + Reason.of(failure), failure);
    };
  }

  /** An interrupt as everyone but Kafka tells it. */
  static InterruptedException interrupted(InterruptException cause) {
    // Kafka's exception sets the flag again, which would interrupt the caller's cleaning up.
    Thread.interrupted();
    InterruptedException exception = new InterruptedException("Interrupted while reading");
    exception.initCause(cause);
    return exception;
  }
}
