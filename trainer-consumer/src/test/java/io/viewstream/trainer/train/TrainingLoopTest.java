package io.viewstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import io.viewstream.trainer.train.checkpoint.CheckpointFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real training on drawn images: 3 epochs of 4 steps with a very narrow network. */
class TrainingLoopTest {

  private static final int NEVER = Integer.MAX_VALUE;
  private static final int SIDE = 16;
  private static final int BATCH = 16;
  private static final SettingValues TINY =
      SettingValues.NONE
          .with(SettingKey.WIDTH, 4, "test")
          .with(SettingKey.RESOLUTION, SIDE, "test")
          .with(SettingKey.BATCH_SIZE, BATCH, "test")
          .with(SettingKey.LEARNING_RATE, 0.5, "test")
          .with(SettingKey.EPOCHS, 3, "test");
  private static final SettingValues SETTINGS =
      Preset.SMOKE.values(MethodName.SIMCLR).withAll(TINY);

  @TempDir private Path folder;

  private final TrainingEngine engine = TrainingEngine.start("cpu", 1);
  private final AtomicLong clock = new AtomicLong();
  private int poisonedBatch = -1;

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void shouldLowerTheLossAndDoSoAgainBitForBit() throws Exception {
    TrainingResult first = train(SETTINGS, null, null, NEVER);
    assertThat(first.position().step()).isEqualTo(12);
    assertThat(first.interrupted()).isFalse();
    assertThat(first.losses()).hasSize(12);
    double begin = mean(first.losses().subList(0, 4));
    double end = mean(first.losses().subList(8, 12));
    assertThat(end)
        .as("losses %s at seed %s", first.losses(), SETTINGS.text(SettingKey.SEED))
        .isLessThan(begin - 0.2);

    assertThat(train(SETTINGS, null, null, NEVER).losses()).isEqualTo(first.losses());
    assertThat(train(SETTINGS.with(SettingKey.SEED, 6, "test"), null, null, NEVER).losses())
        .isNotEqualTo(first.losses());
  }

  @Test
  void shouldCountWhatWentIn() throws Exception {
    TrainingResult result = train(SETTINGS, null, null, NEVER);
    assertThat(result.counts().batches()).isEqualTo(12);
    assertThat(result.counts().second().syntheticFraction()).isEqualTo(0.5);
    assertThat(result.imagesTrained()).isEqualTo(12 * BATCH);
  }

  @Test
  void shouldGoOnBitForBitFromWhereverItStopped() throws Exception {
    List<Float> unbroken = train(SETTINGS, null, null, NEVER).losses();
    for (int stopAfter : new int[] {1, 4, 6, 11}) {
      CheckpointFolder checkpoints = new CheckpointFolder(folder.resolve("stop-" + stopAfter));
      TrainingResult part = train(SETTINGS, checkpoints, null, stopAfter);
      assertThat(part.interrupted()).isTrue();
      assertThat(part.losses()).isEqualTo(unbroken.subList(0, stopAfter));

      Checkpoint checkpoint = Checkpoint.read(checkpoints.path());
      TrainingResult rest = train(SETTINGS, checkpoints, checkpoint, NEVER);
      assertThat(rest.losses()).as("stopped after step %d", stopAfter).isEqualTo(unbroken);
      assertThat(rest.counts().batches()).isEqualTo(12);
    }
  }

  @ParameterizedTest
  @EnumSource(MethodName.class)
  void shouldTrainAndGoOnWithEveryMethod(MethodName method) throws Exception {
    SettingValues values =
        Preset.SMOKE.values(method).withAll(TINY).with(SettingKey.STEPS, 6, "test");
    List<Float> unbroken = train(values, null, null, NEVER).losses();
    assertThat(unbroken).hasSize(6).doesNotHaveDuplicates();
    CheckpointFolder checkpoints = new CheckpointFolder(folder);
    assertThat(train(values, checkpoints, null, 3).losses()).isEqualTo(unbroken.subList(0, 3));
    assertThat(train(values, checkpoints, Checkpoint.read(folder), NEVER).losses())
        .isEqualTo(unbroken);
  }

  @ParameterizedTest
  @EnumSource(names = {"BYOL", "SIMSIAM"})
  void shouldGoOnBitForBitWhenBatchesAreAccumulated(MethodName method) throws Exception {
    // 4 batches an epoch: a step takes 3, the last one is left out.
    SettingValues values =
        Preset.SMOKE.values(method).withAll(TINY).with(SettingKey.ACCUMULATION, 3, "test");
    TrainingResult unbroken = train(values, null, null, NEVER);
    assertThat(unbroken.position()).isEqualTo(new TrainingPosition(3, 3, 0, 1));
    assertThat(unbroken.losses()).hasSize(3).doesNotHaveDuplicates();
    assertThat(unbroken.counts().batches()).isEqualTo(9);
    assertThat(unbroken.imagesTrained()).isEqualTo(9 * BATCH);
    for (int stopAfter : new int[] {1, 2}) {
      CheckpointFolder checkpoints = new CheckpointFolder(folder.resolve("stop-" + stopAfter));
      train(values, checkpoints, null, stopAfter);
      assertThat(train(values, checkpoints, Checkpoint.read(checkpoints.path()), NEVER).losses())
          .as("stopped after step %d", stopAfter)
          .isEqualTo(unbroken.losses());
    }
    SettingValues tooMany = values.with(SettingKey.ACCUMULATION, 5, "test");
    assertThatThrownBy(() -> train(tooMany, null, null, NEVER))
        .isInstanceOf(FeedException.class)
        .hasMessage(
            "Epoch 0 has 4 batches, fewer than the 5 of one step; lower accumulation or --batch-size");
  }

  @Test
  void shouldGoOnFromAnyCheckpointThatACrashLeft() throws Exception {
    CheckpointFolder checkpoints = new CheckpointFolder(folder);
    // The clock moves by one second a step, so that every second step is saved; the process "dies"
    // in step 7.
    assertThatThrownBy(
            () ->
                train(
                    SETTINGS,
                    checkpoints,
                    null,
                    NEVER,
                    step -> {
                      clock.addAndGet(Duration.ofSeconds(1).toNanos());
                      if (step == 7) {
                        throw new IllegalStateException("crash");
                      }
                    }))
        .hasMessage("crash");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
    Checkpoint checkpoint = Checkpoint.read(folder);
    assertThat(checkpoint.position().step()).isEqualTo(6);
    assertThat(train(SETTINGS, checkpoints, checkpoint, NEVER).losses())
        .isEqualTo(train(SETTINGS, null, null, NEVER).losses());
  }

  @Test
  void shouldTrainAsManyStepsAsAsked() throws Exception {
    TrainingResult result = train(SETTINGS.with(SettingKey.STEPS, 6, "test"), null, null, NEVER);
    assertThat(result.position()).isEqualTo(new TrainingPosition(6, 1, 2, 4));
    assertThat(result.interrupted()).isFalse();
  }

  @Test
  void shouldRefuseTheCheckpointOfAnotherTraining() throws Exception {
    train(SETTINGS, new CheckpointFolder(folder), null, 1);
    Checkpoint checkpoint = Checkpoint.read(folder);
    SettingValues wider = SETTINGS.with(SettingKey.WIDTH, 5, "test");
    assertThatThrownBy(() -> train(wider, null, checkpoint, NEVER))
        .isInstanceOf(SettingsException.class)
        .hasMessage("The checkpoint was made with other settings: width is 4, not 5");
    Checkpoint mixedUp =
        new Checkpoint(
            wider,
            checkpoint.position(),
            checkpoint.counts(),
            checkpoint.engineThreads(),
            checkpoint.losses(),
            checkpoint.tensors());
    assertThatThrownBy(() -> train(wider, null, mixedUp, NEVER))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(
            "another method or network: its tensor model.backbone.conv1.weight is (4, 3, 3, 3)");
  }

  @Test
  void shouldEndWithTheStepWhenTheLossIsNotFinite() {
    poisonedBatch = 2;
    assertThatThrownBy(() -> train(SETTINGS, null, null, NEVER))
        .isInstanceOf(NonFiniteLossException.class)
        .hasMessageStartingWith("The loss of step 2 is NaN at a learning rate of ")
        .hasMessageContaining("so is a value of the batch's ")
        .hasMessageContaining("lower learning-rate");
  }

  private TrainingResult train(
      SettingValues values,
      @Nullable CheckpointFolder checkpoints,
      @Nullable Checkpoint resumed,
      int stopAfter)
      throws InterruptedException {
    return train(values, checkpoints, resumed, stopAfter, step -> {});
  }

  private TrainingResult train(
      SettingValues values,
      @Nullable CheckpointFolder checkpoints,
      @Nullable Checkpoint resumed,
      int stopAfter,
      LongConsumer afterStep)
      throws InterruptedException {
    TrainingSettings settings = TrainingSettings.of(values);
    DrawnFeed feed = new DrawnFeed(4 * BATCH + 3, BATCH, SIDE, 1, poisonedBatch);
    AtomicLong steps = new AtomicLong();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(TrainingPosition position, long totalSteps, float loss) {
            steps.incrementAndGet();
            afterStep.accept(position.step());
          }
        };
    try (Trainer trainer = new Trainer(engine, settings)) {
      TrainingLoop loop =
          new TrainingLoop(
              settings, trainer, checkpoints, Duration.ofSeconds(2), engine.threads(), clock::get);
      if (resumed != null) {
        loop.restore(resumed);
      }
      return loop.run(feed, () -> steps.get() >= stopAfter, listener);
    } finally {
      assertThat(feed.batchesHeld()).as("batches that were not given back").isZero();
    }
  }

  private static double mean(List<Float> values) {
    return values.stream().mapToDouble(Float::doubleValue).average().orElseThrow();
  }
}
