package io.viewstream.trainer.export.internal;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.trainer.train.checkpoint.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a file of features holds.
 *
 * @param values file with the features alone, float32 little-endian, row-major (images, dimension)
 * @param dimension features of one image
 * @param ids one per image
 * @param labels one per image: the index of its class, or −1; not to be modified
 * @param classes names
 * @param metadata what the encoder is
 */
@SuppressWarnings("ArrayRecordComponent") // Labels of many images; copied by nobody.
public record FeatureFile(
    Path values,
    int dimension,
    List<String> ids,
    long[] labels,
    List<String> classes,
    Map<String, String> metadata) {

  private static final String FEATURES = "features";
  private static final String IDS = "ids";
  private static final String LABELS = "labels";
  private static final String CLASSES = "classes";
  private static final String METADATA = "metadata";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Writes it in the safetensors format. */
  public void writeSafetensors(Path path) throws IOException {
    new SafetensorsWriter(metadata)
        .addFloats(FEATURES, new Shape(ids.size(), dimension), values)
        .addIntegers(LABELS, new Shape(labels.length), labels)
        .addBytes(IDS, JSON.writeValueAsBytes(ids))
        .addBytes(CLASSES, JSON.writeValueAsBytes(classes))
        .write(path);
  }

  /** Writes it as NumPy's archive. */
  public void writeNpz(Path path) throws IOException {
    try (NumpyArchive archive = new NumpyArchive(path)) {
      archive.addFloats(FEATURES, ids.size(), dimension, values);
      archive.addIntegers(LABELS, labels);
      archive.addTexts(IDS, ids);
      archive.addTexts(CLASSES, classes);
      archive.addText(METADATA, JSON.writeValueAsString(metadata));
    }
  }
}
