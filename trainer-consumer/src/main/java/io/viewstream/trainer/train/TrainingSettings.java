package io.viewstream.trainer.train;

import io.viewstream.trainer.ssl.BarlowTwins;
import io.viewstream.trainer.ssl.Byol;
import io.viewstream.trainer.ssl.MethodSettings;
import io.viewstream.trainer.ssl.MocoV2Plus;
import io.viewstream.trainer.ssl.SimClr;
import io.viewstream.trainer.ssl.SimSiam;
import io.viewstream.trainer.ssl.network.ResNetArchitecture;
import io.viewstream.trainer.ssl.network.ResNetArchitecture.Depth;
import io.viewstream.trainer.ssl.network.ResNetArchitecture.Stem;
import io.viewstream.trainer.ssl.optimizer.Lars;
import java.util.List;

/**
 * Settings of a training, checked: whatever passed here can be built.
 *
 * @param values all of them with their sources
 * @param method which one
 * @param methodSettings of its heads and loss
 * @param architecture of the backbone
 * @param resolution side of the views in pixels
 * @param batchSize images in a batch, at least 2
 * @param accumulation batches whose gradients are averaged into one step, at least 1
 * @param epochs passes over the images, at least 1
 * @param steps in all, or 0 for as many as the epochs have
 * @param optimizer how parameters change
 * @param seed of everything that is drawn
 */
public record TrainingSettings(
    SettingValues values,
    MethodName method,
    MethodSettings methodSettings,
    ResNetArchitecture architecture,
    int resolution,
    int batchSize,
    int accumulation,
    int epochs,
    long steps,
    OptimizerSettings optimizer,
    long seed) {

  private static final int MAX_LAYER_WIDTH = 65_536;

  /**
   * Reads and checks values.
   *
   * @throws SettingsException naming the first that cannot be
   */
  public static TrainingSettings of(SettingValues values) {
    MethodName method = MethodName.named(values.text(SettingKey.METHOD));
    int batchSize = values.integer(SettingKey.BATCH_SIZE, 1, 1 << 20);
    if (batchSize == 1) {
      throw new SettingsException(
          "batch-size is 1; it must be at least 2, since each image is compared with the others of its batch");
    }
    ResNetArchitecture architecture = architecture(values);
    int resolution = values.integer(SettingKey.RESOLUTION, 1, 4096);
    try {
      architecture.requireResolution(resolution);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(String.valueOf(e.getMessage()), e);
    }
    MethodSettings methodSettings = methodSettings(method, values, batchSize);
    int accumulation = accumulation(values, method, methodSettings);
    return new TrainingSettings(
        values,
        method,
        methodSettings,
        architecture,
        resolution,
        batchSize,
        accumulation,
        values.integer(SettingKey.EPOCHS, 1, 1_000_000),
        values.integer(SettingKey.STEPS, 0, Integer.MAX_VALUE),
        optimizer(values, batchSize, accumulation),
        values.longInteger(SettingKey.SEED));
  }

  private static MethodSettings methodSettings(
      MethodName method, SettingValues values, int batchSize) {
    int hidden = values.integer(SettingKey.PROJECTOR_HIDDEN, 1, MAX_LAYER_WIDTH);
    int output = values.integer(SettingKey.PROJECTOR_OUTPUT, 1, MAX_LAYER_WIDTH);
    return switch (method) {
      case SIMCLR -> new SimClr.Settings(hidden, output, temperature(values));
      case BYOL ->
          new Byol.Settings(
              hidden,
              output,
              values.integer(SettingKey.PREDICTOR_HIDDEN, 1, MAX_LAYER_WIDTH),
              values.number(SettingKey.TARGET_MOMENTUM, 0, 1),
              finalMomentum(values));
      case MOCO ->
          new MocoV2Plus.Settings(
              hidden,
              output,
              temperature(values),
              queueSize(values, batchSize),
              values.number(SettingKey.TARGET_MOMENTUM, 0, 1),
              finalMomentum(values));
      case SIMSIAM ->
          new SimSiam.Settings(
              hidden, output, values.integer(SettingKey.PREDICTOR_HIDDEN, 1, MAX_LAYER_WIDTH));
      case BARLOW_TWINS ->
          new BarlowTwins.Settings(
              hidden,
              output,
              values.number(SettingKey.OFF_DIAGONAL_WEIGHT, 0, 1e3),
              values.number(SettingKey.LOSS_SCALE, 1e-9, 1e9));
    };
  }

  private static int accumulation(
      SettingValues values, MethodName method, MethodSettings methodSettings) {
    if (values.find(SettingKey.ACCUMULATION).isEmpty()) {
      // Manifests of before the setting existed.
      return 1;
    }
    int accumulation = values.integer(SettingKey.ACCUMULATION, 1, 1 << 16);
    if (accumulation > 1 && !methodSettings.accumulates()) {
      throw new SettingsException(
          "accumulation is %d; it must be 1 for %s, whose loss needs all images of a step in one batch (raise batch-size); byol and simsiam can accumulate"
              .formatted(accumulation, method.text()));
    }
    return accumulation;
  }

  private static double temperature(SettingValues values) {
    return values.number(SettingKey.TEMPERATURE, 1e-4, 1e4);
  }

  private static double finalMomentum(SettingValues values) {
    return values.number(
        SettingKey.FINAL_TARGET_MOMENTUM, values.number(SettingKey.TARGET_MOMENTUM, 0, 1), 1);
  }

  private static int queueSize(SettingValues values, int batchSize) {
    int size = values.integer(SettingKey.QUEUE_SIZE, 1, 1 << 24);
    if (size % batchSize != 0) {
      throw new SettingsException(
          "queue-size is %d; it must be a multiple of batch-size, which is %d"
              .formatted(size, batchSize));
    }
    return size;
  }

  private static ResNetArchitecture architecture(SettingValues values) {
    String backbone = values.text(SettingKey.BACKBONE);
    boolean small = backbone.endsWith("-cifar");
    Depth depth =
        switch (small ? backbone.substring(0, backbone.length() - "-cifar".length()) : backbone) {
          case "resnet18" -> Depth.RESNET18;
          case "resnet34" -> Depth.RESNET34;
          case "resnet50" -> Depth.RESNET50;
          default ->
              throw new SettingsException(
                  "There is no backbone '%s'; there are resnet18, resnet34 and resnet50, each also with -cifar behind it for images of about 32 px"
                      .formatted(backbone));
        };
    return new ResNetArchitecture(
        depth, small ? Stem.CIFAR : Stem.IMAGENET, values.integer(SettingKey.WIDTH, 1, 1024));
  }

  private static OptimizerSettings optimizer(
      SettingValues values, int batchSize, int accumulation) {
    String kind = values.text(SettingKey.OPTIMIZER);
    if (!List.of("sgd", "lars").contains(kind)) {
      throw new SettingsException(
          "There is no optimizer '%s'; there are sgd and lars".formatted(kind));
    }
    return new OptimizerSettings(
        kind.equals("lars"),
        values.number(SettingKey.LEARNING_RATE, 0, 1e6) * batchSize * accumulation / 256,
        values.number(SettingKey.WARMUP_START_RATE, 0, 1e6) * accumulation,
        values.number(SettingKey.WARMUP_FRACTION, 0, 1),
        new Lars.Settings(
            values.number(SettingKey.MOMENTUM, 0, 0.9999),
            values.number(SettingKey.WEIGHT_DECAY, 0, 1e3),
            values.number(SettingKey.LARS_TRUST, 1e-9, 1e9),
            values.truth(SettingKey.LARS_CLIP),
            values.truth(SettingKey.EXCLUDE_BIASES_AND_NORMS)));
  }

  /**
   * How parameters change.
   *
   * @param layerwise LARS if true, else plain stochastic gradient descent with the same momentum
   *     and decay
   * @param baseRate highest learning rate for the images of a step
   * @param startRate learning rate of the first step
   * @param warmupFraction the part of all steps in which the rate rises
   * @param scaling momentum, decay and what LARS adds
   */
  public record OptimizerSettings(
      boolean layerwise,
      double baseRate,
      double startRate,
      double warmupFraction,
      Lars.Settings scaling) {}
}
