package io.viewstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {

  private static final String TOPIC = "images";

  @TempDir private Path directory;

  @Test
  void shouldKeepRecordsWhenStartedAgainOnTheSameFolderAndPort() throws Exception {
    byte[] eightMegabytes = new byte[8 * 1024 * 1024 - 1024];
    int port;
    try (EmbeddedBroker broker = EmbeddedBroker.start(0, directory)) {
      port = broker.port();
      createTopic(broker);
      try (KafkaProducer<byte[], byte[]> producer = producer(broker, "keeper")) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(TOPIC, eightMegabytes)).get(30, TimeUnit.SECONDS);
        producer.commitTransaction();
      }
    }

    try (EmbeddedBroker broker = EmbeddedBroker.start(port, directory)) {
      assertThat(broker.port()).isEqualTo(port);
      assertThatThrownBy(() -> createTopic(broker)).hasCauseInstanceOf(TopicExistsException.class);
      assertThat(readFirst(broker)).hasSize(eightMegabytes.length);
    }
  }

  @Test
  void shouldNameTheFolderWhenAnotherBrokerUsesIt() {
    try (EmbeddedBroker broker = EmbeddedBroker.start(0, directory)) {
      assertThat(broker.dataDirectory()).isEqualTo(directory.toAbsolutePath());
      assertThatThrownBy(() -> EmbeddedBroker.start(0, directory))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("in use");
    }
  }

  @Test
  void shouldNameThePortWhenItIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertThatThrownBy(() -> EmbeddedBroker.start(taken.getLocalPort(), directory))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("Port " + taken.getLocalPort())
          .hasMessageContaining("choose another port");
    }
  }

  @Test
  void shouldDeleteATemporaryFolderAndCloseTwice() {
    EmbeddedBroker broker = EmbeddedBroker.start();
    assertThat(broker.dataDirectory()).isDirectory();

    broker.close();
    broker.close();

    assertThat(broker.dataDirectory()).doesNotExist();
  }

  @Test
  void shouldNotCreateTopicsByMereUse() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start();
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "max.block.ms", "500"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      byte[] value = "x".getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(
              () -> producer.send(new ProducerRecord<>("missing", value)).get(10, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class);
      assertThat(admin.listTopics().names().get(10, TimeUnit.SECONDS)).doesNotContain("missing");
    }
  }

  private static void createTopic(EmbeddedBroker broker) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin
          .createTopics(List.of(new NewTopic(TOPIC, 2, (short) 1)))
          .all()
          .get(30, TimeUnit.SECONDS);
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(
      EmbeddedBroker broker, String transactionalId) {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "max.request.size",
            Integer.toString(9 * 1024 * 1024),
            "transactional.id",
            transactionalId),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static byte[] readFirst(EmbeddedBroker broker) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(new TopicPartition(TOPIC, 0), new TopicPartition(TOPIC, 1)));
      for (int attempt = 0; attempt < 30; attempt++) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofSeconds(1));
        if (!records.isEmpty()) {
          return records.iterator().next().value();
        }
      }
      throw new AssertionError("No record within 30 s");
    }
  }
}
