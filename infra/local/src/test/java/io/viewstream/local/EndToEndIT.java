package io.viewstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.augment.GenerationService;
import io.viewstream.augment.GenerationSettings;
import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.local.inspect.InspectionResult;
import io.viewstream.local.inspect.TopicInspection;
import io.viewstream.producer.ImageIngest;
import io.viewstream.producer.IngestResult;
import io.viewstream.producer.IngestSettings;
import io.viewstream.schemas.SyntheticView;
import io.viewstream.trainer.feed.ViewPoolSettings;
import io.viewstream.trainer.train.MethodName;
import io.viewstream.trainer.train.Preset;
import io.viewstream.trainer.train.SettingKey;
import io.viewstream.trainer.train.SettingValues;
import io.viewstream.trainer.train.StopRequest;
import io.viewstream.trainer.train.TrainingListener;
import io.viewstream.trainer.train.TrainingOutcome;
import io.viewstream.trainer.train.TrainingRequest;
import io.viewstream.trainer.train.TrainingService;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * From images to a trained checkpoint, by the service classes of the commands, on the broker that
 * {@link KafkaEnvironment} gives: with {@code -Dkafka.environment=containers} one in a container.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EndToEndIT {

  private static final int IMAGES = 60;
  private static final int VIEWS = 3;
  private static final int STEPS = 3;

  /** The system's Python, which Debian's packages belong to, and not one before it on the path. */
  private static final String PYTHON = "/usr/bin/python3";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory;

  private ConnectionSettings connection;
  private IngestResult ingest;

  @BeforeAll
  void ingestAndGenerate() throws InterruptedException {
    connection = KafkaEnvironment.shared().newTopics(3);
    ingest =
        new ImageIngest(
                connection,
                IngestSettings.of(ImageSource.SHAPES)
                    .withSource(SourceOptions.DEFAULT.withLimit(IMAGES)))
            .run();
    try (GenerationService service =
        GenerationService.start(GenerationSettings.defaults(connection).with(VIEWS, 7, 2))) {
      assertThat(service.awaitCaughtUp(new ShutdownSignal())).isTrue();
    }
  }

  @Test
  void shouldGiveEveryImageItsViewsOnce() {
    assertThat(ingest.sourceImages()).isEqualTo(IMAGES);

    InspectionResult result = new TopicInspection(connection).inspect(IMAGES, List.of(), PATIENCE);

    assertThat(result.sourceImages()).isEqualTo(IMAGES);
    assertThat(result.syntheticViews()).isEqualTo(IMAGES * VIEWS);
    assertThat(result.deadLetterCount()).isZero();
    assertThat(result.duplicates()).isZero();
    assertThat(result.sound()).isTrue();
    assertThat(result.samples()).hasSize(IMAGES).allMatch(sample -> sample.views().size() == VIEWS);
  }

  @Test
  void shouldTrainOnMixedBatches() {
    SettingValues overrides =
        SettingValues.NONE
            .with(SettingKey.STEPS, STEPS, "test")
            .with(SettingKey.BATCH_SIZE, 16, "test")
            .with(SettingKey.GENERATIVE_PROBABILITY, 1, "test");
    TrainingRequest request =
        new TrainingRequest(
            connection,
            Preset.SMOKE.values(MethodName.SIMCLR),
            overrides,
            new TrainingRequest.Start.Fresh(),
            directory.resolve("training"),
            new TrainingRequest.Cache(
                directory.resolve("cache"), ViewPoolSettings.DEFAULT_CACHE_BYTES),
            OptionalInt.of(IMAGES),
            PATIENCE,
            new TrainingRequest.EngineChoice("cpu", 1),
            TrainingRequest.DEFAULT_CHECKPOINT_INTERVAL);

    TrainingOutcome outcome =
        new TrainingService(request).run(new StopRequest(), TrainingListener.NONE);

    assertThat(outcome.result().losses()).hasSize(STEPS).allMatch(Float::isFinite);
    assertThat(outcome.result().counts().first().synthetic()).isZero();
    assertThat(outcome.result().counts().second().synthetic()).isEqualTo(STEPS * 16L);
    assertThat(outcome.syntheticFractionAchieved()).isEqualTo(1);
    assertThat(outcome.result().checkpoint()).hasValueSatisfying(file -> assertThat(file).exists());
  }

  @Test
  void shouldBeReadableByAClientThatIsNotOurs() throws Exception {
    assumeTrue(
        exitCode(PYTHON, "-c", "import confluent_kafka") == 0,
        "python3 with confluent_kafka (Debian: python3-confluent-kafka) is not installed");
    Path schema = directory.resolve("schema.json");
    Files.writeString(schema, SyntheticView.getClassSchema().toString());
    Path script = Path.of("src", "test", "python", "read_view.py").toAbsolutePath();

    Process process =
        new ProcessBuilder(
                PYTHON,
                script.toString(),
                connection.bootstrapServers(),
                connection.topics().syntheticViews(),
                schema.toString())
            .redirectErrorStream(true)
            .start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

    assertThat(process.waitFor()).as(output).isZero();
    JsonNode view = new ObjectMapper().readTree(output);
    assertThat(view.get("imageId").asText()).startsWith("shapes/train/");
    assertThat(view.get("viewIndex").asInt()).isBetween(0, VIEWS - 1);
    assertThat(view.get("encoding").asText()).isEqualTo("PNG");
    assertThat(view.get("width").asInt()).isEqualTo(32);
  }

  /** The exit code of a program; not 0 if there is none. */
  private static int exitCode(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1;
    }
  }
}
