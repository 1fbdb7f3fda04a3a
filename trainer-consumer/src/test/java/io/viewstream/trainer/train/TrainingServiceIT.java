package io.viewstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.trainer.feed.Published;
import io.viewstream.trainer.train.TrainingRequest.Cache;
import io.viewstream.trainer.train.TrainingRequest.EngineChoice;
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

/**
 * Training from a real broker: 2 epochs of 4 batches of 8 images, two thirds of which have views.
 */
class TrainingServiceIT {

  private static final SettingValues PRESET =
      Preset.SMOKE
          .values(MethodName.SIMCLR)
          .with(SettingKey.WIDTH, 4, "test")
          .with(SettingKey.RESOLUTION, 16, "test")
          .with(SettingKey.BATCH_SIZE, 8, "test")
          .with(SettingKey.GENERATIVE_PROBABILITY, 1, "test")
          .with(SettingKey.EPOCHS, 2, "test");

  @TempDir private Path folder;

  private final ConnectionSettings connection = KafkaEnvironment.shared().newTopics(2);
  private final Published published = new Published(connection);
  private final List<Published.Source> withoutViews = new ArrayList<>();

  @BeforeEach
  void publish() {
    published.run("run", 2);
    List<Published.Source> generated = new ArrayList<>();
    for (int image = 0; image < 33; image++) {
      (image % 3 == 0 ? withoutViews : generated).add(published.source("set/" + image, image));
    }
    published.views(generated, "run", 2);
  }

  @AfterEach
  void close() {
    published.close();
  }

  @Test
  void shouldGoOnAndRepeatBitForBitWhateverIsAppended() {
    TrainingOutcome unbroken = train("unbroken", new Start.Fresh(), SettingValues.NONE);
    assertThat(unbroken.result().losses()).hasSize(8);
    assertThat(unbroken.settings().text(SettingKey.VIEWS_FROM)).isEqualTo("run");
    assertThat(unbroken.syntheticFractionRequested()).isEqualTo(1);
    assertThat(unbroken.syntheticFractionAchieved()).isBetween(0.5, 0.8);
    assertThat(unbroken.result().counts().second().fallback()).isBetween(16L, 24L);
    assertThat(unbroken.toReport().entries())
        .containsKeys(
            "steps",
            "losses",
            "imagesPerSecond",
            "seconds",
            "settings",
            "engineThreads",
            "checkpoint")
        .containsEntry("syntheticFractionRequested", 1.0);

    StopRequest stop = new StopRequest();
    TrainingOutcome part = train("broken", new Start.Fresh(), SettingValues.NONE, stop, 6);
    assertThat(part.result().interrupted()).isTrue();
    assertThat(part.result().losses()).isEqualTo(unbroken.result().losses().subList(0, 6));

    published.views(withoutViews, "run", 2);
    published.source("set/new", 99);

    assertThat(train("broken", new Start.Resume(), SettingValues.NONE).result().losses())
        .isEqualTo(unbroken.result().losses());
    TrainingOutcome replayed =
        train("replayed", new Start.Replay(unbroken.manifest()), SettingValues.NONE);
    assertThat(replayed.result().losses()).isEqualTo(unbroken.result().losses());
    assertThat(replayed.settings().hash()).isEqualTo(unbroken.settings().hash());

    TrainingOutcome fresh = train("fresh", new Start.Fresh(), SettingValues.NONE);
    assertThat(fresh.result().losses()).isNotEqualTo(unbroken.result().losses());
    assertThat(fresh.syntheticFractionAchieved()).isGreaterThan(0.9);
  }

  @Test
  void shouldSayInOneLineWhatCannotBe() {
    SettingValues wider = SettingValues.NONE.with(SettingKey.WIDTH, 5, "--width");
    assertFails(
        "none",
        new Start.Resume(),
        SettingValues.NONE,
        CommandException.USAGE,
        "There is nothing to resume in ");
    train("used", new Start.Fresh(), SettingValues.NONE.with(SettingKey.STEPS, 1, "--steps"));
    assertFails(
        "used",
        new Start.Fresh(),
        SettingValues.NONE,
        CommandException.USAGE,
        "holds a training already");
    assertFails("used", new Start.Resume(), wider, CommandException.USAGE, "width is 4, not 5");
    assertFails(
        "used",
        new Start.Resume(),
        SettingValues.NONE.with(SettingKey.METHOD, "byol", "--method"),
        CommandException.USAGE,
        "method is simclr, not byol");
    assertFails(
        "other",
        new Start.Replay(folder.resolve("used").resolve("no such file")),
        SettingValues.NONE,
        CommandException.FAILED,
        "no such file");
    assertFails(
        "large",
        new Start.Fresh(),
        SettingValues.NONE.with(SettingKey.BATCH_SIZE, 64, "--batch-size"),
        CommandException.FAILED,
        "33 images, fewer than one batch of 64");
    assertFails(
        "mixing",
        new Start.Fresh(),
        SettingValues.NONE.with(SettingKey.GENERATIVE_PROBABILITY, "0.5,0.2", "test"),
        CommandException.USAGE,
        "need --synthetic-slot both");
    assertFails(
        "run",
        new Start.Fresh(),
        SettingValues.NONE.with(SettingKey.VIEWS_FROM, "absent", "--views-from"),
        CommandException.FAILED,
        "absent");
  }

  private void assertFails(
      String name, Start start, SettingValues overrides, int exitCode, String message) {
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> train(name, start, overrides))
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"))
        .extracting(CommandException::exitCode)
        .isEqualTo(exitCode);
  }

  private TrainingOutcome train(String name, Start start, SettingValues overrides) {
    return train(name, start, overrides, new StopRequest(), Integer.MAX_VALUE);
  }

  private TrainingOutcome train(
      String name, Start start, SettingValues overrides, StopRequest stop, int stopAfter) {
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
            TrainingRequest.DEFAULT_CHECKPOINT_INTERVAL);
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(TrainingPosition position, long totalSteps, float loss) {
            if (position.step() == stopAfter) {
              stop.request();
            }
          }
        };
    return new TrainingService(request).run(stop, listener);
  }
}
