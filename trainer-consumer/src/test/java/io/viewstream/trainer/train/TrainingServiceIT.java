package io.viewstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.trainer.feed.Published;
import io.viewstream.trainer.feed.RunManifest;
import io.viewstream.trainer.train.TrainingRequest.Cache;
import io.viewstream.trainer.train.TrainingRequest.EngineChoice;
import io.viewstream.trainer.train.TrainingRequest.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  void shouldSayThatACompleteTrainingIsComplete() {
    TrainingOutcome trained = train("complete", new Start.Fresh(), SettingValues.NONE);
    assertThat(trained.wasComplete()).isFalse();

    TrainingOutcome again = train("complete", new Start.Resume(), SettingValues.NONE);

    assertThat(again.wasComplete()).isTrue();
    assertThat(TrainCommand.summary(again)).startsWith("The training is complete at step 8; ");
    assertThat(again.result().losses()).isEqualTo(trained.result().losses());
    assertThat(again.result().checkpoint()).isEqualTo(trained.result().checkpoint());
    assertThat(again.syntheticFractionAchieved()).isEqualTo(trained.syntheticFractionAchieved());
    assertThat(again.settings().hash()).isEqualTo(trained.settings().hash());
    assertThat(again.toReport().entries())
        .containsKeys("steps", "losses", "checkpoint")
        .as("no image, no rate")
        .doesNotContainKey("imagesPerSecond");
  }

  @Test
  void shouldNeedNoRunWhereNoViewIsDrawn() {
    published.run("another", 2);
    SettingValues realOnly =
        SettingValues.NONE
            .with(SettingKey.GENERATIVE_PROBABILITY, 0, "test")
            .with(SettingKey.STEPS, 4, "test");
    StopRequest stop = new StopRequest();
    assertThat(train("real", new Start.Fresh(), realOnly, stop, 1).result().interrupted()).isTrue();

    TrainingOutcome outcome = train("real", new Start.Resume(), SettingValues.NONE);

    assertThat(outcome.result().losses()).hasSize(4);
    assertThat(outcome.result().counts().second().synthetic()).isZero();
    assertThat(outcome.settings().find(SettingKey.VIEWS_FROM)).contains("");
    assertFails(
        "views",
        new Start.Fresh(),
        SettingValues.NONE,
        CommandException.FAILED,
        "names several runs: run, another");
  }

  @Test
  void shouldLeaveNothingOfATrainingWithoutAStep() throws IOException {
    assertFails(
        "first",
        new Start.Fresh(),
        SettingValues.NONE.with(SettingKey.BATCH_SIZE, 64, "--batch-size"),
        CommandException.FAILED,
        "33 images, fewer than one batch of 64; lower --batch-size");
    assertThat(folder.resolve("first")).isEmptyDirectory();

    TrainingOutcome outcome =
        train("first", new Start.Fresh(), SettingValues.NONE.with(SettingKey.STEPS, 1, "test"));
    assertThat(outcome.result().losses()).hasSize(1);
    byte[] manifest = Files.readAllBytes(outcome.manifest());
    // Nor is one deleted that holds steps.
    assertFails(
        "first",
        new Start.Fresh(),
        SettingValues.NONE,
        CommandException.USAGE,
        "holds a training already");
    assertThat(Files.readAllBytes(outcome.manifest())).isEqualTo(manifest);
  }

  @Test
  void shouldTakeThePlaceOfATrainingThatWasKilledBeforeItBegan() throws IOException {
    Path place = Files.createDirectories(folder.resolve("killed"));
    SettingValues oneStep = SettingValues.NONE.with(SettingKey.STEPS, 1, "test");
    try (RunManifest other =
        RunManifest.create(place.resolve(TrainingService.MANIFEST), Map.of())) {
      assertFails(
          "killed",
          new Start.Fresh(),
          oneStep,
          CommandException.FAILED,
          other.file() + " is in use by another training");
    }

    TrainingOutcome outcome = train("killed", new Start.Fresh(), oneStep);
    assertThat(outcome.result().losses()).hasSize(1);

    // What an epoch could see is of use without a checkpoint too.
    Files.delete(outcome.result().checkpoint().orElseThrow());
    assertFails(
        "killed",
        new Start.Fresh(),
        oneStep,
        CommandException.USAGE,
        "holds a training already, though no checkpoint of it; go on with it by --resume");
    assertThat(train("killed", new Start.Resume(), SettingValues.NONE).result().losses())
        .isEqualTo(outcome.result().losses());
  }

  @Test
  void shouldGoOnWithoutARunWhereThereWasNoneAtFirst() throws IOException {
    ConnectionSettings empty = KafkaEnvironment.shared().newTopics(2);
    try (Published later = new Published(empty)) {
      List<Published.Source> images = new ArrayList<>();
      for (int image = 0; image < 16; image++) {
        images.add(later.source("set/" + image, image));
      }
      TrainingOutcome unbroken = train(empty, "unbroken", new Start.Fresh());
      StopRequest stop = new StopRequest();
      TrainingOutcome begun = train(empty, "begun", new Start.Fresh(), SettingValues.NONE, stop, 1);
      assertThat(begun.result().interrupted()).isTrue();
      assertThat(begun.settings().find(SettingKey.VIEWS_FROM)).contains("");

      later.run("run", 2);
      later.views(images, "run", 2);
      TrainingOutcome resumed = train(empty, "begun", new Start.Resume());
      assertThat(resumed.result().losses()).isEqualTo(unbroken.result().losses());
      assertThat(resumed.result().counts().second().synthetic()).isZero();

      later.run("another", 2);
      Files.delete(resumed.result().checkpoint().orElseThrow());
      assertThat(train(empty, "begun", new Start.Resume()).result().losses())
          .as("whatever number of runs there is")
          .isEqualTo(unbroken.result().losses());
    }
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
    assertFails(
        "used",
        new Start.Resume(),
        wider,
        CommandException.USAGE,
        "width is 4, not 5; leave these");
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
    assertFails(
        "empty",
        new Start.Fresh(),
        SettingValues.NONE.with(SettingKey.VIEWS_FROM, "", "--views-from"),
        CommandException.USAGE,
        "views-from is empty; name a run, or leave");
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
    return train(connection, name, start, overrides, stop, stopAfter);
  }

  private TrainingOutcome train(ConnectionSettings connection, String name, Start start) {
    return train(connection, name, start, SettingValues.NONE, new StopRequest(), Integer.MAX_VALUE);
  }

  private TrainingOutcome train(
      ConnectionSettings connection,
      String name,
      Start start,
      SettingValues overrides,
      StopRequest stop,
      int stopAfter) {
    TrainingRequest request =
        new TrainingRequest(
            connection,
            PRESET,
            overrides,
            start,
            folder.resolve(name),
            new Cache(folder.resolve("cache-" + connection.topics().prefix()), 1 << 28),
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
