package io.viewstream.local.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.imaging.RgbImage;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.GenerationRuns;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.SyntheticView;
import io.viewstream.schemas.serde.RecordSerializer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class InspectIT {

  private static final String RUN = "two-views";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ConnectionSettings connection = KafkaEnvironment.shared().newTopics(1);

  @Test
  void shouldShowOnlyViewsOfAnImagesNewestBytes() {
    SourceImage old = source("set/a", 0x102030);
    SourceImage current = source("set/a", 0x405060);
    SourceImage withdrawn = source("set/b", 0x708090);
    declareRun();
    send(
        topics -> {
          topics.source(old);
          topics.source(withdrawn);
          topics.view(old, 0);
          topics.source(current);
          topics.withdraw("set/b");
          topics.view(current, 1);
          topics.view(current, 0);
        });

    InspectionResult result = new TopicInspection(connection).inspect(10, List.of(RUN), PATIENCE);

    assertThat(result.sourceImages()).isEqualTo(1);
    assertThat(result.sourceRecords()).isEqualTo(3);
    assertThat(result.samples()).hasSize(1);
    ImageSample sample = result.samples().getFirst();
    assertThat(sample.source().getSha256()).isEqualTo(current.getSha256());
    assertThat(sample.views()).extracting(SyntheticView::getViewIndex).containsExactly(0, 1);
    assertThat(sample.views()).allMatch(view -> view.getSourceSha256().equals(current.getSha256()));
  }

  @Test
  void shouldCountRepeatedViewsAndIgnoreAbortedOnes() {
    SourceImage image = source("set/a", 0x102030);
    declareRun();
    send(
        topics -> {
          topics.source(image);
          topics.view(image, 0);
          topics.view(image, 1);
          topics.view(image, 1);
        });
    abort(topics -> topics.view(image, 0));

    InspectionResult result = new TopicInspection(connection).inspect(1, List.of(), PATIENCE);

    assertThat(result.syntheticViews()).isEqualTo(2);
    assertThat(result.duplicates()).isEqualTo(1);
    assertThat(result.sound()).isFalse();
    assertThat(result.report().entries())
        .containsEntry("sourceImages", 1L)
        .containsEntry("syntheticViews", 2L)
        .containsEntry("deadLetters", 0L)
        .containsEntry("duplicates", 1L);
  }

  @Test
  void shouldFindNothingInEmptyTopics() {
    InspectionResult result = new TopicInspection(connection).inspect(5, List.of(), PATIENCE);

    assertThat(result.sourceImages()).isZero();
    assertThat(result.samples()).isEmpty();
    assertThat(result.sound()).isTrue();
    assertThat(ContactSheet.draw(result.samples()).width()).isPositive();
  }

  private static SourceImage source(String imageId, int rgb) {
    return SampleRecords.source(imageId, "label", RgbImage.filled(8, 8, rgb));
  }

  private void declareRun() {
    new GenerationRuns(connection)
        .declare(new GenerationRun(RUN, "test", "1", 2, 0L, "png", Instant.EPOCH, List.of()));
  }

  private void send(Consumer<Topics> records) {
    try (Topics topics = new Topics(connection)) {
      topics.producer.beginTransaction();
      records.accept(topics);
      topics.producer.commitTransaction();
    }
  }

  private void abort(Consumer<Topics> records) {
    try (Topics topics = new Topics(connection)) {
      topics.producer.beginTransaction();
      records.accept(topics);
      topics.producer.flush();
      topics.producer.abortTransaction();
    }
  }

  /** Writes records in transactions. */
  private static final class Topics implements AutoCloseable {
    private final ConnectionSettings connection;
    private final KafkaProducer<byte[], byte[]> producer;

    Topics(ConnectionSettings connection) {
      this.connection = connection;
      Map<String, Object> properties = connection.kafkaProperties();
      properties.put("transactional.id", connection.topics().prefix() + "writer");
      this.producer =
          new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
      producer.initTransactions();
    }

    void source(SourceImage image) {
      write(connection.topics().sourceImages(), image.getImageId(), image);
    }

    void withdraw(String imageId) {
      producer.send(
          new ProducerRecord<>(
              connection.topics().sourceImages(), SampleRecords.key(imageId), null));
    }

    void view(SourceImage image, int index) {
      write(
          connection.topics().syntheticViews(),
          image.getImageId(),
          SampleRecords.view(image, RUN, index, RgbImage.filled(8, 8, 0xa0b0c0 + index)));
    }

    private <T extends SpecificRecordBase> void write(String topic, String imageId, T record) {
      RecordSerializer<T> serializer =
          new RecordSerializer<>(connection.schemaRegistry(), record.getSchema());
      producer.send(
          new ProducerRecord<>(
              topic, SampleRecords.key(imageId), serializer.serialize(topic, record)));
    }

    @Override
    public void close() {
      producer.close();
    }
  }
}
