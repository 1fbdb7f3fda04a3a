package io.viewstream.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.augment.SyntheticViewAudit.Findings;
import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.kafka.CommittedTopic;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.GenerationRuns;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.SyntheticView;
import io.viewstream.schemas.serde.RecordDeserializer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * One data plane that has seen a bit of everything. It is set up once, because it takes a group of
 * consumers a second to come together; the tests look at what became of it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class GenerationServiceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int VIEWS = 3;
  private static final String FIRST_RUN = "photometric-1-k3-s1-by-size";
  private static final String SECOND_RUN = "photometric-1-k3-s2-by-size";

  private final ConnectionSettings connection = KafkaEnvironment.shared().newTopics(5);
  private final GenerationSettings settings =
      GenerationSettings.defaults(connection).with(VIEWS, 1, 2);
  private final List<GenerationResult> results = new ArrayList<>();
  private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
  private final List<SyntheticView> views = new ArrayList<>();

  private static GenerationResult catchUp(GenerationSettings settings) throws InterruptedException {
    GenerationService service = GenerationService.start(settings);
    try (service) {
      assertThat(service.awaitCaughtUp(new ShutdownSignal())).isTrue();
    }
    return service.result();
  }

  @BeforeAll
  void setUp() throws InterruptedException, ExecutionException {
    try (SourceTopic source = new SourceTopic(connection, 4)) {
      source.abort(connection, 4);
      source.images(0, 100);
      source.bytes(100, new byte[] {1, 2, 3});
      source.send(101, SourceImages.ofContent(101, new byte[] {4, 5, 6}));
      // Produced twice with different bytes.
      source.send(102, SourceImages.image(102, 1));
      source.send(102, SourceImages.image(102, 2));
      // Withdrawn.
      source.send(103, SourceImages.image(103, 3));
      source.send(103, null);
    }
    results.add(catchUp(settings));

    // As if the group had been away for longer than the broker keeps offsets.
    forgetOffsets(FIRST_RUN);
    try (SourceTopic source = new SourceTopic(connection, 4)) {
      source.images(104, 114);
    }
    results.add(catchUp(settings));
    results.add(catchUp(settings.with(VIEWS, 2, 2)));

    String topic = connection.topics().syntheticViews();
    RecordDeserializer<SyntheticView> reader =
        new RecordDeserializer<>(connection.schemaRegistry(), SyntheticView.getClassSchema());
    new CommittedTopic(connection, topic).forEach(records::add);
    for (ConsumerRecord<byte[], byte[]> record : records) {
      views.add(reader.deserialize(topic, record.value()));
    }
  }

  private void forgetOffsets(String run) throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      admin
          .deleteConsumerGroups(List.of(connection.topics().prefix() + "viewstream-augment-" + run))
          .all()
          .get();
    }
  }

  @Test
  void shouldMakeAllViewsOnceOrOneDeadLetterInEachRun() {
    Findings expected = new Findings(113 * VIEWS, 0, 2, 0, 113, 0, 0, 0);

    Map<String, Findings> findings = new SyntheticViewAudit(connection).byRun(PATIENCE);

    assertThat(findings).isEqualTo(Map.of(FIRST_RUN, expected, SECOND_RUN, expected));
    assertThat(findings.values()).allMatch(Findings::sound);
    assertThat(new SyntheticViewAudit(connection).all(PATIENCE))
        .isEqualTo(new Findings(226 * VIEWS, 0, 4, 0, 226, 0, 0, 0));
  }

  @Test
  void shouldCountWhatEachInstanceDid() {
    assertThat(results.stream().map(GenerationResult::sourceImages))
        .containsExactly(103L, 10L, 113L);
    assertThat(results.stream().map(GenerationResult::syntheticViews))
        .containsExactly(103L * VIEWS, 10L * VIEWS, 113L * VIEWS);
    assertThat(results.stream().map(GenerationResult::deadLetters)).containsExactly(2L, 0L, 2L);
    assertThat(results).allMatch(result -> result.seconds() > 0 && result.cpuSeconds() > 0);
  }

  @Test
  void shouldGoOnWhereItStoppedEvenWhenTheBrokerForgotItsOffsets() {
    // The second instance of the first run saw the 10 new images alone; see the counts above.
    assertThat(results.get(1).sourceImages()).isEqualTo(10);
  }

  @Test
  void shouldPutViewsOnThePartitionNumberOfTheirSourceInTheirOrder() {
    Map<List<Object>, Integer> nextIndex = new HashMap<>();
    for (int i = 0; i < records.size(); i++) {
      SyntheticView view = views.get(i);
      assertThat(records.get(i).partition()).isEqualTo(view.getSource().getPartition());
      int index =
          nextIndex.merge(
              List.of(view.getRun(), view.getSource().getPartition(), view.getSource().getOffset()),
              1,
              Integer::sum);
      assertThat(view.getViewIndex()).isEqualTo(index - 1);
    }
  }

  @Test
  void shouldLetReadersTellTheViewsOfAnImagesNewestRecord() {
    SourceImage first = SourceImages.image(102, 1);
    SourceImage second = SourceImages.image(102, 2);

    assertThat(
            views.stream()
                .filter(view -> view.getRun().equals(FIRST_RUN))
                .filter(view -> view.getImageId().equals(SourceImages.id(102)))
                .map(SyntheticView::getSourceSha256))
        .containsExactly(
            first.getSha256(),
            first.getSha256(),
            first.getSha256(),
            second.getSha256(),
            second.getSha256(),
            second.getSha256());
  }

  @Test
  void shouldMakeOtherViewsWithAnotherSeed() {
    Set<ByteBuffer> contents = new HashSet<>();
    views.forEach(view -> contents.add(view.getContent()));

    assertThat(contents).hasSize(views.size());
  }

  @Test
  void shouldDeclareItsRuns() {
    assertThat(new GenerationRuns(connection).list().stream().map(GenerationRun::getRun))
        .containsExactly(FIRST_RUN, SECOND_RUN);
  }

  @Test
  void shouldRefuseARunNameThatIsTaken() {
    assertThatThrownBy(() -> GenerationService.start(settings.with(VIEWS, 9, 2).withRun(FIRST_RUN)))
        .isInstanceOf(CommandException.class)
        .hasMessage(
            "Run 'photometric-1-k3-s1-by-size' exists with other settings (generator photometric"
                + " 1, 3 views, seed 1, by-size) than these (generator photometric 1, 3 views,"
                + " seed 9, by-size); choose another name with --run");
  }

  @Test
  void shouldNameATopicThatIsMissing() {
    ConnectionSettings nowhere = KafkaEnvironment.shared().newConnection();

    assertThatThrownBy(() -> GenerationService.start(GenerationSettings.defaults(nowhere)))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining(nowhere.topics().sourceImages())
        .hasMessageContaining("viewstream topics create");
  }

  @Test
  void shouldNameAGeneratorThatIsMissing() {
    assertThatThrownBy(
            () ->
                GenerationService.start(
                    GenerationSettings.defaults(connection).withGenerator("no-such-folder")))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("no-such-folder");
  }

  @Test
  void shouldLeaveOldImagesOutOfANewRunWhenAsked() throws InterruptedException, ExecutionException {
    GenerationSettings fromNow =
        new GenerationSettings(
            connection,
            GenerationSettings.DEFAULT_GENERATOR,
            Optional.empty(),
            1,
            Optional.of("from-now"),
            0,
            2,
            Optional.of(ViewEncoding.JPEG_95),
            false,
            false,
            false);

    assertThat(catchUp(fromNow).sourceImages()).isZero();

    // As after a crash between the run's declaration and its first offsets.
    forgetOffsets("from-now");
    assertThat(catchUp(fromNow).sourceImages()).isZero();
  }
}
