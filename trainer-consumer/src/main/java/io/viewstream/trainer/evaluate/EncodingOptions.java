package io.viewstream.trainer.evaluate;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.Split;
import io.viewstream.trainer.train.DeviceOption;
import io.viewstream.trainer.train.SettingsException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which images an encoder is given, and how; a picocli mixin. */
public final class EncodingOptions {

  @Option(
      names = "--images",
      required = true,
      paramLabel = "PATH|shapes",
      description =
          "Images: a folder, where there are classes with sub-folders, a tar archive, or shapes.")
  private String images = ImageSource.SHAPES;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Take so many images at most, spread evenly (default: all).")
  private @Nullable Long limit;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "" + FeatureExtractor.DEFAULT_BATCH_SIZE,
      description = "Images that an encoder is given together (default: ${DEFAULT-VALUE}).")
  private int batchSize = FeatureExtractor.DEFAULT_BATCH_SIZE;

  @Mixin private DeviceOption device = new DeviceOption();

  /**
   * Checks all values; to be called before anything is read or loaded.
   *
   * @throws SettingsException naming the first option that cannot be
   */
  public void check() {
    if (batchSize < 1) {
      throw new SettingsException("--batch-size is %d; it must be at least 1".formatted(batchSize));
    }
    sourceOptions();
    device.name();
  }

  /**
   * The images.
   *
   * @throws EvaluationException if there is no such source
   */
  public ImageSource source() {
    return Evaluation.source(images, Split.ALL, sourceOptions());
  }

  private SourceOptions sourceOptions() {
    try {
      return limit == null ? SourceOptions.DEFAULT : SourceOptions.DEFAULT.withLimit(limit);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(String.valueOf(e.getMessage()), e);
    }
  }

  /** How many images are encoded together. */
  public int batchSize() {
    return batchSize;
  }

  /** What computes. */
  public String device() {
    return device.name();
  }
}
