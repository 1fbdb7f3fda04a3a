package io.viewstream.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.augment.SyntheticViewAudit.Findings;
import io.viewstream.augment.internal.CommittedRecords;
import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.SyntheticView;
import io.viewstream.schemas.serde.RecordDeserializer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class GenerationServiceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final KafkaEnvironment kafka = KafkaEnvironment.shared();

  private static GenerationResult catchUp(GenerationSettings settings) throws InterruptedException {
    GenerationService service = GenerationService.start(settings);
    try (service) {
      assertThat(service.awaitCaughtUp(new ShutdownSignal())).isTrue();
    }
    return service.result();
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(
      ConnectionSettings connection, String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    CommittedRecords.forEach(connection, topic, records::add);
    return records;
  }

  private static List<SyntheticView> views(ConnectionSettings connection) {
    RecordDeserializer<SyntheticView> reader =
        new RecordDeserializer<>(connection.schemaRegistry(), SyntheticView.getClassSchema());
    String topic = connection.topics().syntheticViews();
    return records(connection, topic).stream()
        .map(record -> reader.deserialize(topic, record.value()))
        .toList();
  }

  @Test
  void shouldPublishAllViewsOnceOnThePartitionOfTheirSource() throws InterruptedException {
    ConnectionSettings connection = kafka.newTopics(5);
    try (SourceTopic source = new SourceTopic(connection)) {
      source.images(0, 203);
    }

    GenerationResult result = catchUp(GenerationSettings.defaults(connection).with(4, 1, 2));

    assertThat(result.sourceImages()).isEqualTo(203);
    assertThat(result.syntheticViews()).isEqualTo(812);
    assertThat(result.deadLetters()).isZero();
    assertThat(new SyntheticViewAudit(connection).all(PATIENCE))
        .isEqualTo(new Findings(812, 0, 0, 0, 203, 0, 0));
    RecordDeserializer<SyntheticView> reader =
        new RecordDeserializer<>(connection.schemaRegistry(), SyntheticView.getClassSchema());
    String topic = connection.topics().syntheticViews();
    for (ConsumerRecord<byte[], byte[]> record : records(connection, topic)) {
      SyntheticView view = reader.deserialize(topic, record.value());
      assertThat(view.getSource().getPartition()).isEqualTo(record.partition());
    }
  }

  @Test
  void shouldGoOnWhereItStoppedAndMakeNothingTwice() throws InterruptedException {
    ConnectionSettings connection = kafka.newTopics(2);
    GenerationSettings settings = GenerationSettings.defaults(connection).with(2, 1, 2);
    try (SourceTopic source = new SourceTopic(connection)) {
      source.images(0, 20);
      catchUp(settings);
      source.images(20, 30);
    }

    assertThat(catchUp(settings).sourceImages()).isEqualTo(10);
    assertThat(catchUp(settings).sourceImages()).isZero();

    assertThat(new SyntheticViewAudit(connection).all(PATIENCE))
        .isEqualTo(new Findings(60, 0, 0, 0, 30, 0, 0));
  }

  @Test
  void shouldKeepDeadLettersBesideViews() throws InterruptedException {
    ConnectionSettings connection = kafka.newTopics(2);
    try (SourceTopic source = new SourceTopic(connection)) {
      source.images(0, 10);
      source.bytes(10, new byte[] {1, 2, 3});
      source.send(11, SourceImages.ofContent(11, new byte[] {4, 5, 6}));
      source.images(12, 15);
    }

    GenerationResult result = catchUp(GenerationSettings.defaults(connection).with(2, 1, 2));

    assertThat(result.deadLetters()).isEqualTo(2);
    assertThat(new SyntheticViewAudit(connection).all(PATIENCE))
        .isEqualTo(new Findings(26, 0, 2, 0, 13, 0, 0));
  }

  @Test
  void shouldLetReadersTellTheViewsOfAnImagesNewestRecord() throws InterruptedException {
    ConnectionSettings connection = kafka.newTopics(2);
    SourceImage first = SourceImages.image(1, 1);
    SourceImage second = SourceImages.image(1, 2);
    try (SourceTopic source = new SourceTopic(connection)) {
      source.send(1, first);
      source.send(1, second);
      source.send(2, SourceImages.image(2, 3));
      source.send(2, null);
    }

    catchUp(GenerationSettings.defaults(connection).with(2, 1, 2));

    // Both records of image 1 have their views; the winner's are those of its content.
    assertThat(
            views(connection).stream()
                .filter(view -> view.getImageId().equals(SourceImages.id(1)))
                .map(SyntheticView::getSourceSha256))
        .containsExactly(
            first.getSha256(), first.getSha256(), second.getSha256(), second.getSha256());
    // Image 2 had views before it was withdrawn; its newest record has none.
    assertThat(new SyntheticViewAudit(connection).all(PATIENCE))
        .isEqualTo(new Findings(6, 0, 0, 0, 3, 0, 0));
  }

  @Test
  void shouldMakeOtherViewsInARunWithAnotherSeed() throws InterruptedException {
    ConnectionSettings connection = kafka.newTopics(2);
    try (SourceTopic source = new SourceTopic(connection)) {
      source.images(0, 10);
    }

    catchUp(GenerationSettings.defaults(connection).with(2, 1, 2));
    catchUp(GenerationSettings.defaults(connection).with(2, 2, 2));

    assertThat(new SyntheticViewAudit(connection).byRun(PATIENCE))
        .containsOnlyKeys("photometric-1-k2-s1-by-size", "photometric-1-k2-s2-by-size")
        .allSatisfy(
            (run, findings) -> assertThat(findings).isEqualTo(new Findings(20, 0, 0, 0, 10, 0, 0)));
    assertThat(views(connection).stream().map(SyntheticView::getContent).distinct()).hasSize(40);
  }

  @Test
  void shouldRefuseARunNameThatIsTaken() throws InterruptedException {
    ConnectionSettings connection = kafka.newTopics(1);
    GenerationSettings settings =
        GenerationSettings.defaults(connection).with(2, 1, 1).withRun("mine");
    catchUp(settings);

    assertThatThrownBy(() -> GenerationService.start(settings.with(3, 1, 1)))
        .isInstanceOf(CommandException.class)
        .hasMessage(
            "Run 'mine' exists with other settings (generator photometric 1, 2 views, seed 1,"
                + " by-size) than these (generator photometric 1, 3 views, seed 1, by-size);"
                + " choose another name with --run");
  }

  @Test
  void shouldNameATopicThatIsMissing() {
    ConnectionSettings connection = kafka.newConnection();

    assertThatThrownBy(() -> GenerationService.start(GenerationSettings.defaults(connection)))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining(connection.topics().sourceImages())
        .hasMessageContaining("viewstream topics create");
  }
}
