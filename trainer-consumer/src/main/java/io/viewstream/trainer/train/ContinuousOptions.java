package io.viewstream.trainer.train;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.trainer.feed.WindowSettings;
import io.viewstream.trainer.train.TrainingRequest.Reading;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code train} that say whether a training has epochs, and how else it goes on. */
final class ContinuousOptions {

  private static final double MAX_WINDOW_TIMEOUT_SECONDS = 86_400;

  @Option(
      names = "--mode",
      paramLabel = "epochs|continuous",
      description = {
        "epochs (default): fill the cache first, then pass over it.",
        "continuous: train on images as they arrive, window after window, until stopped or --steps"
            + " are done."
      })
  private @Nullable String mode;

  @Option(
      names = "--window-images",
      paramLabel = "N",
      description =
          "Continuous: images that have to arrive for a new window (default: about 1024).")
  private @Nullable String windowImages;

  @Option(
      names = "--shuffle-buffer",
      paramLabel = "N",
      description =
          "Continuous: images that a window draws from, each once; a multiple of --window-images,"
              + " and over it the number of windows that draw an image (default: four windows).")
  private @Nullable String shuffleBuffer;

  @Option(
      names = "--window-timeout",
      paramLabel = "SECONDS",
      description =
          "Continuous: begin a window with what is there, a step's images at least, when an image"
              + " has waited so long (default: 2).")
  private @Nullable Double windowTimeoutSeconds;

  @Option(
      names = "--allow-retention",
      description = "Accept topics that lose records by age or size; a replay may then fail.")
  private boolean allowRetention;

  private boolean isContinuous() {
    return ContinuousSettings.CONTINUOUS.equals(mode);
  }

  /**
   * Checks that the options fit each other.
   *
   * @param recorded whether the training goes on or is repeated, so has its mode from its manifest
   * @param epochs whether a number of epochs is given
   * @param waitForViews whether a number of images to wait for is given
   */
  void check(boolean recorded, boolean epochs, boolean waitForViews) {
    if (mode != null && !isContinuous() && !mode.equals(ContinuousSettings.EPOCHS)) {
      throw CommandException.usage(
          "--mode is '%s'; it must be epochs or continuous".formatted(mode));
    }
    if (isContinuous() && epochs) {
      throw CommandException.usage(
          "--epochs needs --mode epochs; a continuous training ends by --steps, or when it is"
              + " stopped");
    }
    if (isContinuous() && waitForViews) {
      throw CommandException.usage(
          "--wait-for-views needs --mode epochs; in continuous mode late views are used from the"
              + " next window on: raise --shuffle-buffer to give them time");
    }
    if (!isContinuous()
        && !recorded
        && (windowImages != null || shuffleBuffer != null || windowTimeoutSeconds != null)) {
      throw CommandException.usage(
          "--window-images, --shuffle-buffer and --window-timeout need --mode continuous");
    }
    if (windowTimeoutSeconds != null
        && !(windowTimeoutSeconds >= 0 && windowTimeoutSeconds <= MAX_WINDOW_TIMEOUT_SECONDS)) {
      throw CommandException.usage(
          "--window-timeout is %s; it must be from 0 to %s seconds"
              .formatted(windowTimeoutSeconds, MAX_WINDOW_TIMEOUT_SECONDS));
    }
  }

  /** The values that are given, with the others. */
  SettingValues addTo(SettingValues others, boolean recorded) {
    SettingValues values = others;
    if (mode != null && (recorded || isContinuous())) {
      // Where the mode is not given, a training has epochs, and its settings say nothing of it.
      values = values.with(SettingKey.MODE, mode, "--mode");
    }
    if (windowImages != null) {
      values = values.with(SettingKey.WINDOW_IMAGES, windowImages, "--window-images");
    }
    return shuffleBuffer == null
        ? values
        : values.with(SettingKey.SHUFFLE_BUFFER, shuffleBuffer, "--shuffle-buffer");
  }

  /** How topics are read. */
  Reading reading() {
    Double seconds = windowTimeoutSeconds;
    return new Reading(
        seconds == null
            ? WindowSettings.DEFAULT_TIMEOUT
            : Duration.ofMillis(Math.round(seconds * 1000)),
        allowRetention);
  }
}
