package io.viewstream.producer.internal;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.Topic;
import io.viewstream.schemas.serde.RecordSerializer;
import io.viewstream.schemas.serde.RegistryUnavailableException;
import io.viewstream.schemas.serde.SchemaNotRegisteredException;
import io.viewstream.schemas.serde.SchemaRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends records idempotently and in order. The first record that cannot be delivered fails the next
 * call, and all after it. Memory is bounded by Kafka's buffer: a full one blocks the caller. Used
 * by one thread.
 */
public final class RecordSender implements AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /** Room for the largest record with its headers and the request's. */
  private static final int MAX_REQUEST_BYTES = Topic.MAX_MESSAGE_BYTES + 1024 * 1024;

  private final ConnectionSettings connection;
  private final RecordSerializer<SourceImage> images;
  private final RecordSerializer<DeadLetter> deadLetters;
  private final Producer<byte[], byte[]> producer;
  private final AtomicReference<@Nullable CommandException> failure = new AtomicReference<>();

  /** Opens a producer; topics and schemas should have been verified before. */
  public RecordSender(ConnectionSettings connection) {
    this.connection = connection;
    SchemaRegistry registry = connection.schemaRegistry();
    this.images = new RecordSerializer<>(registry, SourceImage.getClassSchema());
    this.deadLetters = new RecordSerializer<>(registry, DeadLetter.getClassSchema());
    this.producer =
        connection.open(
            () ->
                new KafkaProducer<>(
                    properties(connection), new ByteArraySerializer(), new ByteArraySerializer()));
  }

  /** The producer's properties: a user's own win, except where the contract depends on them. */
  static Map<String, Object> properties(ConnectionSettings connection) {
    Map<String, Object> properties = connection.kafkaProperties();
    properties.putIfAbsent(ProducerConfig.CLIENT_ID_CONFIG, "viewstream-produce");
    // The contents are compressed images already.
    properties.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 10);
    properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, 512 * 1024);
    // A batch for each of 16 partitions, twice: what is sent and what is gathered meanwhile.
    properties.putIfAbsent(ProducerConfig.BUFFER_MEMORY_CONFIG, 16L * 1024 * 1024);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    return properties;
  }

  /** Sends an image under its id. */
  public void send(SourceImage image) {
    String topic = connection.topics().sourceImages();
    String imageId = image.getImageId();
    send(topic, imageId, serialize(() -> images.serialize(topic, image)));
  }

  /** Sends a dead letter under its image id, or its path where there is none. */
  public void send(DeadLetter deadLetter) {
    String topic = connection.topics().deadLetters();
    String key = deadLetter.getImageId() != null ? deadLetter.getImageId() : deadLetter.getPath();
    send(topic, key, serialize(() -> deadLetters.serialize(topic, deadLetter)));
  }

  /** Sends the null value that withdraws an image. */
  public void withdraw(String imageId) {
    send(connection.topics().sourceImages(), imageId, null);
  }

  private interface Serialization {
    byte @Nullable [] run();
  }

  private static byte @Nullable [] serialize(Serialization serialization) {
    try {
      return serialization.run();
    } catch (RegistryUnavailableException | SchemaNotRegisteredException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()), e);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // The callback hears of every failure.
  private void send(String topic, @Nullable String key, byte @Nullable [] value) {
    throwFailure();
    byte[] keyBytes = String.valueOf(key).getBytes(StandardCharsets.UTF_8);
    try {
      producer.send(
          new ProducerRecord<>(topic, keyBytes, value),
          (metadata, exception) -> {
            if (exception != null) {
              fail(topic, key, exception);
            }
          });
    } catch (KafkaException e) {
      fail(topic, key, e);
    }
    throwFailure();
  }

  private void fail(String topic, @Nullable String key, Exception exception) {
    failure.compareAndSet(
        null,
        CommandException.failed(
            "Cannot send %s to topic %s on %s: %s"
                .formatted(key, topic, connection.bootstrapServers(), explain(exception)),
            exception));
  }

  /** Kafka's own words for a broker that is gone are about metadata. */
  private static String explain(Exception exception) {
    return exception instanceof TimeoutException
        ? "the brokers gave no answer in time (" + exception.getMessage() + ")"
        : String.valueOf(exception.getMessage());
  }

  private void throwFailure() {
    CommandException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
  }

  /**
   * Waits until everything sent so far is acknowledged.
   *
   * @throws CommandException when something was not
   */
  public void flush() {
    try {
      producer.flush();
    } catch (KafkaException e) {
      throw CommandException.failed("Cannot flush: " + e.getMessage(), e);
    }
    throwFailure();
  }

  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
  }
}
