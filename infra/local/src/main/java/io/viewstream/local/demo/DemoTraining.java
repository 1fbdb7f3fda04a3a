package io.viewstream.local.demo;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.trainer.feed.ViewPoolSettings;
import io.viewstream.trainer.train.MethodName;
import io.viewstream.trainer.train.Preset;
import io.viewstream.trainer.train.SettingKey;
import io.viewstream.trainer.train.SettingValues;
import io.viewstream.trainer.train.SettingsException;
import io.viewstream.trainer.train.TrainingRequest;
import java.util.OptionalInt;

/**
 * What the demo asks of the training service.
 *
 * @param settings of the demo
 * @param preset of its method
 */
record DemoTraining(DemoSettings settings, SettingValues preset) {

  /**
   * The training of a demo.
   *
   * @throws CommandException if there is no such method
   */
  static DemoTraining of(DemoSettings settings) {
    try {
      return new DemoTraining(settings, Preset.CIFAR.values(MethodName.named(settings.method())));
    } catch (SettingsException e) {
      throw CommandException.usage("--method: " + e.getMessage());
    }
  }

  /**
   * The request.
   *
   * @param images how many there are to train on
   */
  TrainingRequest request(ConnectionSettings connection, WorkFolder work, long images) {
    int usual = preset.integer(SettingKey.BATCH_SIZE, 2, Integer.MAX_VALUE);
    SettingValues overrides =
        SettingValues.NONE
            .with(SettingKey.EPOCHS, settings.epochs(), "--epochs")
            .with(
                SettingKey.GENERATIVE_PROBABILITY,
                settings.generativeProbability(),
                "--generative-probability")
            .with(SettingKey.SEED, settings.seed(), "--seed")
            .with(
                SettingKey.BATCH_SIZE,
                batchSize(usual, images),
                "the preset's, or what a few images allow");
    return new TrainingRequest(
        connection,
        preset,
        overrides,
        new TrainingRequest.Start.Fresh(),
        work.training(),
        new TrainingRequest.Cache(work.cache(), ViewPoolSettings.DEFAULT_CACHE_BYTES),
        OptionalInt.empty(),
        TrainingRequest.DEFAULT_WAIT_TIMEOUT,
        TrainingRequest.EngineChoice.CPU,
        TrainingRequest.DEFAULT_CHECKPOINT_INTERVAL);
  }

  /** The usual size, or less, so that an epoch of few images still has four batches. */
  private static int batchSize(int usual, long images) {
    return Math.clamp(images / 4, 2, usual);
  }
}
