package io.viewstream.trainer.train;

import io.viewstream.trainer.feed.WindowSettings;
import java.time.Duration;
import java.util.List;

/** What a training's values say when it has no epochs: {@code --mode continuous}. */
final class ContinuousSettings {

  /** The mode without epochs. */
  static final String CONTINUOUS = "continuous";

  /** The mode with epochs, which is the one where no mode is given. */
  static final String EPOCHS = "epochs";

  private static final int MAX_WINDOW_IMAGES = 1 << 24;
  private static final int USUAL_WINDOW_IMAGES = 1024;
  private static final int USUAL_PASSES = 4;
  private static final int USUAL_WARMUP_STEPS = 500;
  private static final List<SettingKey> OWN =
      List.of(SettingKey.WINDOW_IMAGES, SettingKey.SHUFFLE_BUFFER, SettingKey.WARMUP_STEPS);

  private ContinuousSettings() {}

  /** Whether the values are of a training without epochs. */
  static boolean isContinuous(SettingValues values) {
    return values.find(SettingKey.MODE).orElse(EPOCHS).equals(CONTINUOUS);
  }

  /** The same values, with the usual ones where a training without epochs lacks them. */
  static SettingValues withDefaults(SettingValues values) {
    if (!isContinuous(values)) {
      return values;
    }
    int stepImages = stepImages(TrainingSettings.of(values));
    SettingValues complete =
        withDefault(
            values,
            SettingKey.WINDOW_IMAGES,
            Math.max(1, USUAL_WINDOW_IMAGES / stepImages) * stepImages,
            "whole steps of about 1,024 images");
    int windowImages = complete.integer(SettingKey.WINDOW_IMAGES, 1, MAX_WINDOW_IMAGES);
    complete =
        withDefault(
            complete,
            SettingKey.SHUFFLE_BUFFER,
            Math.multiplyExact(USUAL_PASSES, windowImages),
            "four windows, so that late views are used");
    return withDefault(
        complete,
        SettingKey.WARMUP_STEPS,
        USUAL_WARMUP_STEPS,
        "long for the momentum, short for a training without end");
  }

  private static SettingValues withDefault(
      SettingValues values, SettingKey key, int value, String source) {
    return values.find(key).isPresent() ? values : values.with(key, value, source);
  }

  /**
   * How the feed is cut.
   *
   * @throws SettingsException if a value cannot be
   */
  static WindowSettings windows(TrainingSettings settings, Duration timeout) {
    SettingValues values = settings.values();
    try {
      return new WindowSettings(
          stepImages(settings),
          values.integer(SettingKey.WINDOW_IMAGES, 1, MAX_WINDOW_IMAGES),
          values.integer(SettingKey.SHUFFLE_BUFFER, 1, 1 << 30),
          timeout);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(String.valueOf(e.getMessage()), e);
    }
  }

  private static int stepImages(TrainingSettings settings) {
    long images = (long) settings.batchSize() * settings.accumulation();
    if (images > MAX_WINDOW_IMAGES) {
      throw new SettingsException(
          "batch-size %d and accumulation %d make steps of %d images; a window of --mode continuous holds whole steps and at most %d images"
              .formatted(settings.batchSize(), settings.accumulation(), images, MAX_WINDOW_IMAGES));
    }
    return (int) images;
  }

  /**
   * Checks the mode, and that no value is given that the mode does not know.
   *
   * @throws SettingsException naming the first that cannot be
   */
  static void requireUsable(TrainingSettings settings) {
    SettingValues values = settings.values();
    String mode = values.find(SettingKey.MODE).orElse(EPOCHS);
    switch (mode) {
      case CONTINUOUS -> {
        windows(settings, WindowSettings.DEFAULT_TIMEOUT);
        values.integer(SettingKey.WARMUP_STEPS, 0, Integer.MAX_VALUE);
      }
      case EPOCHS -> {
        for (SettingKey key : OWN) {
          if (values.find(key).isPresent()) {
            throw new SettingsException("%s needs --mode continuous".formatted(key.text()));
          }
        }
      }
      default ->
          throw new SettingsException(
              "mode is %s; it must be epochs or continuous".formatted(mode));
    }
  }
}
