package io.viewstream.trainer.similarity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.trainer.evaluate.FeatureEncoder;
import io.viewstream.trainer.evaluate.FrozenBackbone;
import io.viewstream.trainer.train.Checkpoint;
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The encoder that others are compared with, by what a path is: an ONNX file, a generator's model
 * package (a folder with a generator.json), whose image encoder is meant, or a checkpoint.
 */
final class ReferenceEncoder {

  private static final String PACKAGE = "generator.json";
  private static final String ENCODER = "image_encoder";

  private ReferenceEncoder() {}

  /**
   * Opens it.
   *
   * @param settings of an ONNX file; {@link OnnxSettings#NONE} for a checkpoint
   * @param usualResolution side of the images in pixels, where an ONNX file does not say it
   * @throws SimilarityException if an ONNX file or package cannot be used
   * @throws CheckpointException if a checkpoint cannot
   */
  static FeatureEncoder open(
      Path path, OnnxSettings settings, TrainingEngine engine, int usualResolution) {
    if (path.toString().toLowerCase(Locale.ROOT).endsWith(".onnx")) {
      return OnnxEncoder.open(path, settings, usualResolution);
    }
    if (Files.isRegularFile(path.resolve(PACKAGE))) {
      return openPackage(path, settings, usualResolution);
    }
    if (!settings.equals(OnnxSettings.NONE)) {
      throw new SimilarityException(
          "%s is a checkpoint, which knows its resolution and normalisation; --reference-resolution, --reference-mean, --reference-deviation and --reference-output are for ONNX files"
              .formatted(path));
    }
    return new FrozenBackbone(engine, Checkpoint.read(path));
  }

  private static FeatureEncoder openPackage(
      Path folder, OnnxSettings settings, int usualResolution) {
    Path description = folder.resolve(PACKAGE);
    try {
      JsonNode json = new ObjectMapper().readTree(description.toFile());
      String encoder = json.path("components").path(ENCODER).asText();
      if (encoder.isEmpty()) {
        throw new SimilarityException(
            "%s has no component %s; name an ONNX file".formatted(description, ENCODER));
      }
      JsonNode normalisation = json.path("normalisation");
      OnnxSettings known =
          new OnnxSettings(
              settings.resolution(),
              settings.means().isEmpty() ? floats(normalisation.path("mean")) : settings.means(),
              settings.deviations().isEmpty()
                  ? floats(normalisation.path("standardDeviation"))
                  : settings.deviations(),
              settings.output().or(() -> Optional.of("image_embeds")));
      return OnnxEncoder.open(folder.resolve(encoder), known, usualResolution);
    } catch (IOException e) {
      throw new SimilarityException("Cannot read " + description + ": " + e.getMessage(), e);
    }
  }

  private static List<Float> floats(JsonNode numbers) {
    List<Float> values = new ArrayList<>();
    numbers.forEach(number -> values.add((float) number.asDouble()));
    return values;
  }
}
