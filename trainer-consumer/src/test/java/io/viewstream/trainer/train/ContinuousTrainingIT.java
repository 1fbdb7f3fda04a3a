package io.viewstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.trainer.feed.Published;
import io.viewstream.trainer.feed.RunManifest;
import io.viewstream.trainer.feed.StreamStatistics;
import io.viewstream.trainer.train.TrainingRequest.Cache;
import io.viewstream.trainer.train.TrainingRequest.EngineChoice;
import io.viewstream.trainer.train.TrainingRequest.Reading;
import io.viewstream.trainer.train.TrainingRequest.Start;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training without end on a real broker, while images and views keep coming. */
class ContinuousTrainingIT {

  private static final int GROUP = 8;

  private static final SettingValues PRESET =
      Preset.SMOKE
          .values(MethodName.SIMCLR)
          .with(SettingKey.WIDTH, 4, "test")
          .with(SettingKey.RESOLUTION, 16, "test")
          .with(SettingKey.BATCH_SIZE, 8, "test")
          .with(SettingKey.GENERATIVE_PROBABILITY, 1, "test")
          .with(SettingKey.MODE, "continuous", "test")
          .with(SettingKey.WINDOW_IMAGES, 16, "test")
          .with(SettingKey.SHUFFLE_BUFFER, 32, "test")
          .with(SettingKey.WARMUP_STEPS, 4, "test");

  @TempDir private Path folder;

  private final ConnectionSettings connection = KafkaEnvironment.shared().newTopics(2);
  private Thread publishing = Thread.ofPlatform().unstarted(() -> {});
  private volatile boolean closed;

  @BeforeEach
  void publish() {
    try (Published published = new Published(connection)) {
      published.run("run", 2);
    }
    publishing = Thread.ofPlatform().start(this::keepPublishing);
  }

  /** Images without end; the views of each group come one group later. */
  private void keepPublishing() {
    try (Published published = new Published(connection)) {
      List<Published.Source> before = List.of();
      for (int group = 0; !closed; group++) {
        List<Published.Source> sources = new ArrayList<>();
        for (int image = 0; image < GROUP; image++) {
          long number = (long) group * GROUP + image;
          sources.add(published.source("set/" + number, number));
        }
        if (!before.isEmpty()) {
          published.views(before, "run", 2);
        }
        before = sources;
      }
    }
  }

  @AfterEach
  void close() throws InterruptedException {
    closed = true;
    publishing.join();
  }

  @Test
  void shouldGoOnAfterACrashAndRepeatBitForBitWhileMoreArrives() {
    SettingValues steps = SettingValues.NONE.with(SettingKey.STEPS, 26, "--steps");
    assertThatIllegalStateException()
        .isThrownBy(() -> train("crashed", new Start.Fresh(), steps, new StopRequest(), 15))
        .withMessage("crash");
    TrainingOutcome resumed = train("crashed", new Start.Resume(), steps);
    assertThat(resumed.result().losses()).hasSize(26);
    assertThat(resumed.result().interrupted()).isFalse();

    TrainingOutcome replayed = train("replayed", new Start.Replay(resumed.manifest()), steps);
    assertThat(replayed.result().losses()).isEqualTo(resumed.result().losses());
    assertThat(replayed.result().counts()).isEqualTo(resumed.result().counts());
    StreamStatistics stream = replayed.stream().orElseThrow();
    // Two batches arrive for each window, and each image is in two windows.
    assertThat(stream.windows()).isEqualTo(replayed.result().position().epoch() + 1);
    assertThat(stream.bufferImages()).isEqualTo(32);
    assertThat(stream.viewsInTime()).isPositive();
    assertThat(stream.lostRecords()).isZero();
    assertThat(replayed.syntheticFractionAchieved()).isBetween(0.01, 1.0);
  }

  @Test
  void shouldGoOnUntilStoppedAndRepeatWhatIsRecorded() {
    StopRequest stop = new StopRequest();
    TrainingOutcome stopped = train("endless", new Start.Fresh(), SettingValues.NONE, stop, -11);
    assertThat(stopped.result().interrupted()).isFalse();
    assertThat(stopped.result().losses()).hasSize(11);
    assertThat(stopped.result().checkpoint()).isPresent();
    assertThat(stopped.toReport().entries())
        .containsKeys("windows", "lagRecords", "meanAgeSeconds", "lateViewFraction", "losses")
        .containsEntry("lostRecords", 0L);

    TrainingOutcome replayed =
        train("replayed", new Start.Replay(stopped.manifest()), SettingValues.NONE);
    int recorded;
    try (RunManifest manifest = RunManifest.read(stopped.manifest())) {
      recorded = manifest.horizons().mapToInt(window -> window.batches()).sum();
    }
    assertThat(replayed.result().losses())
        .hasSize(recorded)
        .startsWith(stopped.result().losses().toArray(Float[]::new));

    TrainingOutcome further =
        train("endless", new Start.Resume(), SettingValues.NONE, new StopRequest(), -recorded);
    assertThat(further.result().losses()).isEqualTo(replayed.result().losses());
  }

  @Test
  void shouldSaveACheckpointWhenStoppedBeforeTheFirstWindow() {
    StopRequest stop = new StopRequest();
    stop.request();
    TrainingOutcome stopped = train("none", new Start.Fresh(), SettingValues.NONE, stop, 0);
    assertThat(stopped.result().losses()).isEmpty();
    assertThat(stopped.result().checkpoint()).isPresent();
    assertThat(
            train("none", new Start.Resume(), SettingValues.NONE, new StopRequest(), -2)
                .result()
                .losses())
        .hasSize(2);
  }

  private TrainingOutcome train(String name, Start start, SettingValues overrides) {
    return train(name, start, overrides, new StopRequest(), Integer.MAX_VALUE);
  }

  /** Crashes at the given step, or stops where it is negative. */
  private TrainingOutcome train(
      String name, Start start, SettingValues overrides, StopRequest stop, int crashAt) {
    TrainingRequest request =
        new TrainingRequest(
            connection,
            PRESET,
            overrides,
            start,
            folder.resolve(name),
            new Cache(folder.resolve("cache"), 1 << 28),
            OptionalInt.empty(),
            Duration.ZERO,
            new EngineChoice("cpu", 1),
            // A checkpoint after each step: what a crash leaves behind is the one of the step
            // before.
            Duration.ZERO,
            Reading.USUAL);
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(TrainingPosition position, long totalSteps, float loss) {
            if (position.step() == crashAt) {
              throw new IllegalStateException("crash");
            }
            if (position.step() == -crashAt) {
              stop.request();
            }
          }
        };
    return new TrainingService(request).run(stop, listener);
  }
}
