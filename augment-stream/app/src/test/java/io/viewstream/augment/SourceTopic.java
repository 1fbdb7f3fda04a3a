package io.viewstream.augment;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.serde.RecordSerializer;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Fills a source topic for tests, record by record and on the partition that the test says. */
final class SourceTopic implements AutoCloseable {
  private final String topic;
  private final RecordSerializer<SourceImage> serializer;
  private final Producer<byte[], byte[]> producer;
  private final int partitions;

  /** Uses all partitions. */
  SourceTopic(ConnectionSettings connection) {
    this(connection, Integer.MAX_VALUE);
  }

  /** Uses the first partitions only. */
  SourceTopic(ConnectionSettings connection, int partitions) {
    this.topic = connection.topics().sourceImages();
    this.serializer =
        new RecordSerializer<>(connection.schemaRegistry(), SourceImage.getClassSchema());
    Map<String, Object> properties = connection.kafkaProperties();
    properties.put("max.request.size", 9 * 1024 * 1024);
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    this.partitions = Math.min(partitions, producer.partitionsFor(topic).size());
  }

  /** Sends images with these numbers, each on the partition (number modulo partitions). */
  void images(int from, int to) {
    for (int number = from; number < to; number++) {
      send(number, SourceImages.image(number, number));
    }
    producer.flush();
  }

  /** Sends a record under a number; null withdraws the image. */
  void send(int number, @Nullable SourceImage image) {
    bytes(number, serializer.serialize(topic, image));
  }

  /** Sends any bytes under a number. */
  void bytes(int number, byte @Nullable [] value) {
    producer.send(
        new ProducerRecord<>(topic, number % partitions, SourceImages.key(number), value));
  }

  /** Leaves a partition with nothing but an aborted record and a transaction marker. */
  void abort(ConnectionSettings connection, int partition) {
    Map<String, Object> properties = connection.kafkaProperties();
    properties.put("transactional.id", connection.topics().prefix() + "aborting");
    try (Producer<byte[], byte[]> aborting =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      aborting.initTransactions();
      aborting.beginTransaction();
      aborting.send(new ProducerRecord<>(topic, partition, SourceImages.key(0), new byte[1]));
      aborting.flush();
      aborting.abortTransaction();
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
