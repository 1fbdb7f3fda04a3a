package io.viewstream.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.augment.SyntheticViewAudit.Findings;
import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.GenerationRuns;
import io.viewstream.kafka.TopicAdministrator;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.ErrorCategory;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.schemas.ImageEncoding;
import io.viewstream.schemas.Sha256;
import io.viewstream.schemas.SourceRecord;
import io.viewstream.schemas.Stage;
import io.viewstream.schemas.SyntheticView;
import io.viewstream.schemas.Topic;
import io.viewstream.schemas.serde.RecordSerializer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SyntheticViewAuditIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private final ConnectionSettings connection = KafkaEnvironment.shared().newTopics(1);
  private final SyntheticViewAudit audit = new SyntheticViewAudit(connection);
  private final String topicId;

  SyntheticViewAuditIT() {
    try (TopicAdministrator topics = new TopicAdministrator(connection)) {
      topicId = topics.describe().get(Topic.SOURCE_IMAGES).id().toString();
    }
  }

  private SourceRecord source(long offset) {
    return new SourceRecord(connection.topics().sourceImages(), topicId, 0, offset);
  }

  private ProducerRecord<byte[], byte[]> view(String run, long offset, int index) {
    SyntheticView view =
        SyntheticView.newBuilder()
            .setImageId("image")
            .setSource(source(offset))
            .setSourceSha256(new Sha256(new byte[32]))
            .setRun(run)
            .setGeneratorId("generator")
            .setGeneratorVersion("1")
            .setViewIndex(index)
            .setAttempt(0)
            .setSeed(0)
            .setEncoding(ImageEncoding.PNG)
            .setWidth(1)
            .setHeight(1)
            .setContent(ByteBuffer.allocate(1))
            .setGeneratedAt(Instant.EPOCH)
            .setGenerationMicros(0)
            .build();
    String topic = connection.topics().syntheticViews();
    return new ProducerRecord<>(
        topic,
        new RecordSerializer<SyntheticView>(
                connection.schemaRegistry(), SyntheticView.getClassSchema())
            .serialize(topic, view));
  }

  private ProducerRecord<byte[], byte[]> deadLetter(String run, long offset) {
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setOrigin(source(offset))
            .setRun(run)
            .setStage(Stage.GENERATION)
            .setCategory(ErrorCategory.MODEL)
            .setMessage("no view")
            .setContentSizeBytes(0)
            .setContent(ByteBuffer.allocate(0))
            .setOccurredAt(Instant.EPOCH)
            .build();
    String topic = connection.topics().deadLetters();
    return new ProducerRecord<>(
        topic,
        new RecordSerializer<DeadLetter>(connection.schemaRegistry(), DeadLetter.getClassSchema())
            .serialize(topic, letter));
  }

  private Producer<byte[], byte[]> producer(Map<String, Object> settings) {
    Map<String, Object> properties = connection.kafkaProperties();
    properties.putAll(settings);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Test
  void shouldFindWhatBreaksThePromise() {
    GenerationRuns runs = new GenerationRuns(connection);
    for (String run : new String[] {"sound", "broken"}) {
      runs.declare(
          GenerationRun.newBuilder()
              .setRun(run)
              .setGeneratorId("generator")
              .setGeneratorVersion("1")
              .setViewsPerImage(2)
              .setSeed(0)
              .setViewEncoding("png")
              .setStartedAt(Instant.EPOCH)
              .build());
    }
    try (Producer<byte[], byte[]> producer = producer(Map.of())) {
      String sources = connection.topics().sourceImages();
      for (int offset = 0; offset < 6; offset++) {
        // A withdrawal at 3, which nobody settles.
        producer.send(new ProducerRecord<>(sources, new byte[1], offset == 3 ? null : new byte[1]));
      }
      producer.send(view("sound", 0, 0));
      producer.send(view("sound", 0, 1));
      producer.send(deadLetter("sound", 1));

      producer.send(view("broken", 0, 0));
      producer.send(view("broken", 0, 0));
      producer.send(view("broken", 0, 1));
      producer.send(view("broken", 1, 1));
      producer.send(view("broken", 2, 0));
      producer.send(view("broken", 2, 1));
      producer.send(deadLetter("broken", 2));
      producer.send(deadLetter("broken", 2));
      // Nothing for the record at 4.
      producer.send(deadLetter("broken", 5));
    }

    Map<String, Findings> findings = audit.byRun(PATIENCE);

    assertThat(findings)
        .isEqualTo(
            Map.of(
                "sound", new Findings(2, 0, 1, 0, 1, 0, 0, 0),
                "broken", new Findings(5, 1, 2, 1, 3, 1, 1, 1)));
    assertThat(findings.get("sound")).matches(Findings::sound);
    assertThat(findings.get("broken")).matches(broken -> !broken.sound());
  }

  @Test
  void shouldNotCountWhileATransactionIsOpen() {
    try (Producer<byte[], byte[]> producer =
        producer(Map.of("transactional.id", connection.topics().prefix() + "open"))) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(view("run", 0, 0));
      producer.flush();

      assertThatThrownBy(() -> audit.all(Duration.ZERO))
          .isInstanceOf(CommandException.class)
          .hasMessageStartingWith("Transactions were open on ");
      producer.abortTransaction();
    }

    assertThat(audit.all(PATIENCE)).isEqualTo(Findings.NONE);
  }
}
