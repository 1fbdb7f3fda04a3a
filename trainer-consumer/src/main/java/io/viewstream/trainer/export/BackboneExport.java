package io.viewstream.trainer.export;

import ai.djl.ndarray.types.Shape;
import io.viewstream.imaging.augment.Normalisation;
import io.viewstream.trainer.evaluate.FrozenBackbone;
import io.viewstream.trainer.ssl.network.ResNetArchitecture;
import io.viewstream.trainer.train.Checkpoint;
import io.viewstream.trainer.train.SettingKey;
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import io.viewstream.trainer.train.checkpoint.SafetensorsWriter;
import io.viewstream.trainer.train.checkpoint.TensorData;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The backbone of a checkpoint as one safetensors file, with torchvision's names: the state of
 * {@code torchvision.models.resnet18} (34, 50) without {@code fc} where the width is 64, float32,
 * and the counters {@code num_batches_tracked} as int64 scalars. What the file's header says of it
 * as text: {@code architecture} (resnet18, resnet34, resnet50), {@code stem} (cifar: 3×3 of stride
 * 1, no maximum; imagenet), {@code width}, {@code featureCount}, {@code resolution} in pixels,
 * {@code mean} and {@code standardDeviation} of the pixels in [0, 1] as JSON, {@code method},
 * {@code steps}.
 *
 * @param metadata of the header
 * @param tensors float32, by torchvision's names
 * @param steps of the training
 */
public record BackboneExport(
    Map<String, String> metadata, SequencedMap<String, TensorData> tensors, long steps) {

  private static final String BACKBONE = Checkpoint.MODEL + "backbone.";
  private static final String LAST_OF_A_NORM = ".running_var";

  /** Copies the maps; the tensors are shared. */
  public BackboneExport {
    metadata = Map.copyOf(metadata);
    tensors = new LinkedHashMap<>(tensors);
  }

  /**
   * Takes the backbone out of a checkpoint.
   *
   * @param engine borrowed; the backbone is built once, to see that nothing is missing
   * @throws CheckpointException if the checkpoint lacks one of its tensors
   */
  public static BackboneExport of(TrainingEngine engine, Checkpoint checkpoint) {
    try (FrozenBackbone backbone = new FrozenBackbone(engine, checkpoint)) {
      SequencedMap<String, TensorData> tensors = new LinkedHashMap<>();
      checkpoint
          .tensors()
          .forEach(
              (name, tensor) -> {
                if (name.startsWith(BACKBONE)) {
                  tensors.put(name.substring(BACKBONE.length()), tensor);
                }
              });
      return new BackboneExport(
          describe(backbone, checkpoint), tensors, checkpoint.position().step());
    }
  }

  /** What an encoder is, as text by key. */
  static SequencedMap<String, String> describe(FrozenBackbone backbone, Checkpoint checkpoint) {
    ResNetArchitecture architecture = backbone.architecture();
    Normalisation normalisation = backbone.preparation().normalisation();
    SequencedMap<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "pt");
    metadata.put("architecture", architecture.depth().name().toLowerCase(Locale.ROOT));
    metadata.put("stem", architecture.stem().name().toLowerCase(Locale.ROOT));
    metadata.put("width", Integer.toString(architecture.width()));
    metadata.put("featureCount", Integer.toString(architecture.featureCount()));
    metadata.put("resolution", Integer.toString(backbone.preparation().resolution()));
    metadata.put("mean", Arrays.toString(normalisation.means()));
    metadata.put("standardDeviation", Arrays.toString(normalisation.deviations()));
    metadata.put("method", checkpoint.settings().text(SettingKey.METHOD));
    metadata.put("steps", Long.toString(checkpoint.position().step()));
    return metadata;
  }

  /**
   * Writes it.
   *
   * @throws ExportException if the file cannot be written
   */
  public void write(OutputFile output) {
    SafetensorsWriter writer = new SafetensorsWriter(metadata);
    tensors.forEach(
        (name, tensor) -> {
          writer.add(name, tensor);
          if (name.endsWith(LAST_OF_A_NORM)) {
            String norm = name.substring(0, name.length() - LAST_OF_A_NORM.length());
            writer.addIntegers(norm + ".num_batches_tracked", new Shape(), new long[] {steps});
          }
        });
    output.write(writer::write);
  }
}
