package io.viewstream.trainer.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.viewstream.trainer.ssl.network.NamedTensors;
import io.viewstream.trainer.ssl.network.ResNetArchitecture;
import io.viewstream.trainer.ssl.network.ResNetBackbone;
import io.viewstream.trainer.train.Checkpoint;
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.TrainingSettings;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import io.viewstream.trainer.train.checkpoint.TensorData;
import java.nio.ByteBuffer;

/**
 * The backbone of a checkpoint, as it is used after training: batch normalisation with the learned
 * statistics, no gradients. Owns its tensors; one thread at a time.
 */
public final class FrozenBackbone implements FeatureEncoder {

  private final TrainingEngine engine;
  private final int resolution;
  private final NamedTensors tensors;
  private final ResNetBackbone backbone;

  /**
   * Copies the backbone's tensors to the engine.
   *
   * @param engine borrowed
   * @throws CheckpointException if the checkpoint lacks one of them
   */
  public FrozenBackbone(TrainingEngine engine, Checkpoint checkpoint) {
    TrainingSettings settings = TrainingSettings.of(checkpoint.settings());
    this.engine = engine;
    this.resolution = settings.resolution();
    this.tensors = new NamedTensors(engine.manager(), 0);
    this.backbone = new ResNetBackbone(tensors.root().child("backbone"), settings.architecture());
    engine.withoutGradients();
    try {
      tensors.all().forEach((name, tensor) -> saved(checkpoint, name, tensor).copyTo(tensor));
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  private static TensorData saved(Checkpoint checkpoint, String name, NDArray tensor) {
    TensorData data = checkpoint.tensors().get(Checkpoint.MODEL + name);
    if (data == null || !data.shape().equals(tensor.getShape())) {
      throw new CheckpointException(
          "The checkpoint's tensor %s%s is %s; its settings say %s"
              .formatted(
                  Checkpoint.MODEL,
                  name,
                  data == null ? "missing" : data.shape(),
                  tensor.getShape()));
    }
    return data;
  }

  /** What it is. */
  public ResNetArchitecture architecture() {
    return backbone.architecture();
  }

  /** As in training, without augmentation. */
  @Override
  public ImagePreparation preparation() {
    return ImagePreparation.usual(resolution);
  }

  @Override
  public int featureCount() {
    return backbone.architecture().featureCount();
  }

  @Override
  public float[] features(ByteBuffer images, int count) {
    engine.withoutGradients();
    try (NDManager batch = engine.manager().newSubManager()) {
      NDArray input =
          batch.create(images, new Shape(count, 3, resolution, resolution), DataType.FLOAT32);
      return backbone.forward(input, false).toFloatArray();
    }
  }

  @Override
  public void close() {
    tensors.close();
  }
}
