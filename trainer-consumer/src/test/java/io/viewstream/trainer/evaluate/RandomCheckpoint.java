package io.viewstream.trainer.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.viewstream.trainer.feed.EpochCounts;
import io.viewstream.trainer.ssl.network.NamedTensors;
import io.viewstream.trainer.ssl.network.ResNetBackbone;
import io.viewstream.trainer.train.Checkpoint;
import io.viewstream.trainer.train.MethodName;
import io.viewstream.trainer.train.Preset;
import io.viewstream.trainer.train.SettingKey;
import io.viewstream.trainer.train.SettingValues;
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.TrainingPosition;
import io.viewstream.trainer.train.TrainingSettings;
import io.viewstream.trainer.train.checkpoint.CheckpointFolder;
import io.viewstream.trainer.train.checkpoint.TensorData;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;

/**
 * Checkpoints of networks that were not trained, but whose norms are not those of the beginning.
 */
public final class RandomCheckpoint {

  /** Steps that the checkpoints say they are after. */
  public static final long STEPS = 123;

  private RandomCheckpoint() {}

  /** Settings of a backbone. */
  public static SettingValues settings(String backbone, int width, int resolution) {
    return Preset.SMOKE
        .values(MethodName.SIMCLR)
        .with(SettingKey.BACKBONE, backbone, "test")
        .with(SettingKey.WIDTH, width, "test")
        .with(SettingKey.RESOLUTION, resolution, "test");
  }

  /**
   * Draws a checkpoint.
   *
   * @param engine borrowed
   * @param seed of weights, scales, shifts and the images that the running statistics are of
   */
  public static Checkpoint draw(TrainingEngine engine, SettingValues settings, long seed) {
    TrainingSettings checked = TrainingSettings.of(settings);
    Random random = new Random(seed);
    SequencedMap<String, TensorData> tensors = new LinkedHashMap<>();
    engine.withoutGradients();
    try (NamedTensors named = new NamedTensors(engine.manager(), seed)) {
      ResNetBackbone backbone =
          new ResNetBackbone(named.root().child("backbone"), checked.architecture());
      named
          .parameters()
          .forEach(
              (name, tensor) -> {
                if (tensor.getShape().dimension() == 1) {
                  boolean scale = name.endsWith("weight");
                  float[] values = new float[(int) tensor.size()];
                  for (int i = 0; i < values.length; i++) {
                    values[i] = (scale ? 0.6f : -0.2f) + 0.4f * random.nextFloat();
                  }
                  TensorData.of(values).copyTo(tensor);
                }
              });
      for (int step = 0; step < 4; step++) {
        try (NDManager batch = engine.manager().newSubManager()) {
          backbone.forward(noise(batch, checked.resolution(), random), true);
        }
      }
      named
          .all()
          .forEach(
              (name, tensor) -> tensors.put(Checkpoint.MODEL + name, TensorData.copyOf(tensor)));
    }
    return new Checkpoint(
        settings, new TrainingPosition(STEPS, 3, 1, 40), EpochCounts.NONE, 1, List.of(), tensors);
  }

  /** Draws a checkpoint and saves it in a folder. */
  public static Checkpoint save(
      TrainingEngine engine, SettingValues settings, long seed, Path folder) {
    Checkpoint checkpoint = draw(engine, settings, seed);
    new CheckpointFolder(folder).save(STEPS, checkpoint.toFile());
    return checkpoint;
  }

  private static NDArray noise(NDManager manager, int side, Random random) {
    int images = 4;
    float[] values = new float[images * 3 * side * side];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return manager.create(values, new Shape(images, 3, side, side));
  }
}
