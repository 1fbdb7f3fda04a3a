package io.viewstream.trainer.similarity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.kafka.command.Reason;
import io.viewstream.trainer.evaluate.FeatureEncoder;
import io.viewstream.trainer.evaluate.ImagePreparation;
import io.viewstream.trainer.similarity.internal.FileIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The image encoder of a generator's model package, used as the generator uses it: the middle
 * square of an image at the encoder's resolution, and features divided by their length where the
 * package says so. Scaling is the one of all encoders here, bicubic; a generator may scale by area.
 *
 * @param file of the network
 * @param settings of the network
 * @param features that it makes of an image
 * @param normalises whether they are divided by their Euclidean length
 */
record EncoderPackage(FileIdentity file, OnnxSettings settings, int features, boolean normalises) {

  /** The file that makes a folder a package. */
  static final String DESCRIPTION = "generator.json";

  private static final String ENCODER = "image_encoder";
  private static final String OUTPUT = "image_embeds";

  /**
   * Reads the description, and checks length and SHA-256 of the encoder's file and of those that
   * the description names beside it, where its weights may be.
   *
   * @throws SimilarityException if it lacks something, or a file is not the one that it says
   */
  static EncoderPackage read(Path folder) {
    Path description = folder.resolve(DESCRIPTION);
    try {
      JsonNode json = new ObjectMapper().readTree(Files.readString(description));
      String encoder = json.path("components").path(ENCODER).asText();
      JsonNode files = json.path("files");
      if (encoder.isEmpty() || !files.has(encoder)) {
        throw new SimilarityException(
            "%s has no component %s that is among its files; name an ONNX file"
                .formatted(description, ENCODER));
      }
      int resolution = count(json, "resolution", description);
      JsonNode normalisation = json.path("normalisation");
      return new EncoderPackage(
          checked(folder, encoder, files, description),
          new OnnxSettings(
              OptionalInt.of(
                  json.has("encoderResolution")
                      ? count(json, "encoderResolution", description)
                      : resolution),
              three(normalisation, "mean", description),
              three(normalisation, "standardDeviation", description),
              OptionalDouble.of(1),
              Optional.of(OUTPUT)),
          count(json, "embeddingDimension", description),
          json.path("normalisesEmbedding").asBoolean());
    } catch (JsonProcessingException e) {
      throw new SimilarityException(
          "%s is no JSON: %s".formatted(description, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new SimilarityException("Cannot read " + description + ": " + Reason.of(e), e);
    }
  }

  /**
   * Loads the network.
   *
   * @param usual what the description leaves open, which is nothing that it must say
   * @throws SimilarityException if it cannot be loaded or makes other features than described
   */
  FeatureEncoder open(ImagePreparation usual) {
    OnnxEncoder encoder = OnnxEncoder.open(file.path(), settings, usual);
    if (encoder.featureCount() != features) {
      int found = encoder.featureCount();
      encoder.close();
      throw new SimilarityException(
          "%s makes %d features of an image, its %s says embeddingDimension %d"
              .formatted(file.path(), found, DESCRIPTION, features));
    }
    return normalises ? new UnitFeatures(encoder) : encoder;
  }

  private static FileIdentity checked(
      Path folder, String encoder, JsonNode files, Path description) {
    Path file = inside(folder, encoder, description);
    FileIdentity found = FileIdentity.of(file);
    for (Map.Entry<String, JsonNode> named : files.properties()) {
      Path other = inside(folder, named.getKey(), description);
      if (!Objects.equals(other.getParent(), file.getParent())) {
        continue;
      }
      FileIdentity is = other.equals(file) ? found : FileIdentity.of(other);
      String sha256 = named.getValue().path("sha256").asText();
      long size = named.getValue().path("sizeBytes").asLong(-1);
      if (is.sizeBytes() != size || !is.sha256().equalsIgnoreCase(sha256)) {
        throw new SimilarityException(
            "%s has %d bytes and the SHA-256 %s, %s says %d and %s; the file is damaged or of another version"
                .formatted(other, is.sizeBytes(), is.sha256(), DESCRIPTION, size, sha256));
      }
    }
    return found;
  }

  private static Path inside(Path folder, String name, Path description) {
    Path root = folder.normalize();
    Path file = root.resolve(name).normalize();
    if (!file.startsWith(root)) {
      throw new SimilarityException(
          "%s: file %s lies outside the package".formatted(description, name));
    }
    return file;
  }

  private static int count(JsonNode json, String key, Path description) {
    int value = json.path(key).asInt();
    if (value < 1) {
      throw new SimilarityException(
          "%s: %s is %s; it must be a whole number of at least 1"
              .formatted(
                  description, key, json.has(key) ? json.path(key).toString() : "not given"));
    }
    return value;
  }

  private static List<Float> three(JsonNode normalisation, String key, Path description) {
    List<Float> values = new ArrayList<>();
    normalisation.path(key).forEach(number -> values.add((float) number.asDouble()));
    if (values.size() != 3) {
      throw new SimilarityException(
          "%s: normalisation.%s has %d values instead of three"
              .formatted(description, key, values.size()));
    }
    return values;
  }
}
