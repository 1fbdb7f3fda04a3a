package io.viewstream.trainer.similarity;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.imaging.augment.Normalisation;
import io.viewstream.trainer.evaluate.CropRule;
import io.viewstream.trainer.evaluate.ImagePreparation;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an ONNX file takes and gives, found in the file and in the user's settings.
 *
 * @param input name of the images' tensor
 * @param output name of the features' tensor
 * @param batch images that it takes at once, or 0 for any number
 * @param preparation of the images
 */
record OnnxSignature(String input, String output, int batch, ImagePreparation preparation) {

  private static final String RESOLUTION = "resolution";
  private static final String MEAN = "mean";
  private static final String DEVIATION = "standardDeviation";

  /**
   * Looks at a session.
   *
   * @throws SimilarityException if the model is no encoder of images
   */
  static OnnxSignature of(
      Path file, OrtSession session, OnnxSettings settings, ImagePreparation usual)
      throws OrtException {
    Map<String, NodeInfo> inputs = session.getInputInfo();
    if (inputs.size() != 1) {
      throw new SimilarityException(
          "%s has the inputs %s; an encoder of images has one".formatted(file, inputs.keySet()));
    }
    NodeInfo input = inputs.values().iterator().next();
    if (!(input.getInfo() instanceof TensorInfo tensor)
        || tensor.type != OnnxJavaType.FLOAT
        || tensor.getShape().length != 4
        || (tensor.getShape()[1] > 0 && tensor.getShape()[1] != 3)) {
      throw new SimilarityException(
          "%s: input %s is %s; an encoder of images takes float32 [batch, 3, height, width]"
              .formatted(file, input.getName(), describe(input)));
    }
    Map<String, String> metadata = session.getMetadata().getCustomMetadata();
    long[] shape = tensor.getShape();
    int resolution = resolution(file, shape, metadata, settings, usual.resolution());
    return new OnnxSignature(
        input.getName(),
        output(file, session.getOutputInfo().keySet(), settings),
        (int) Math.max(0, shape[0]),
        new ImagePreparation(
            resolution,
            new Normalisation(
                values(settings.means(), metadata, MEAN, Normalisation.IMAGENET.means(), file),
                values(
                    settings.deviations(),
                    metadata,
                    DEVIATION,
                    Normalisation.IMAGENET.deviations(),
                    file)),
            crop(metadata, settings, resolution, usual.crop())));
  }

  /** A file that says its resolution is an export of ours, and used as our encoders are. */
  private static CropRule crop(
      Map<String, String> metadata, OnnxSettings settings, int resolution, CropRule usual) {
    if (settings.crop().isPresent()) {
      return new CropRule.Middle(settings.crop().getAsDouble());
    }
    return metadata.containsKey(RESOLUTION) ? new CropRule.Usual(resolution) : usual;
  }

  private static String output(Path file, Set<String> names, OnnxSettings settings) {
    if (settings.output().isPresent()) {
      String wanted = settings.output().get();
      if (!names.contains(wanted)) {
        throw new SimilarityException(
            "%s has no output %s; it has %s".formatted(file, wanted, names));
      }
      return wanted;
    }
    if (names.size() != 1) {
      throw new SimilarityException(
          "%s has the outputs %s; choose one with --reference-output".formatted(file, names));
    }
    return names.iterator().next();
  }

  private static int resolution(
      Path file,
      long[] shape,
      Map<String, String> metadata,
      OnnxSettings settings,
      int usualResolution) {
    long fixed = Math.max(shape[2], shape[3]);
    if (fixed > 0 && shape[2] != shape[3] && shape[2] > 0 && shape[3] > 0) {
      throw new SimilarityException(
          "%s takes images of %d x %d px; only square ones are compared"
              .formatted(file, shape[3], shape[2]));
    }
    if (settings.resolution().isPresent()) {
      int wanted = settings.resolution().getAsInt();
      if (fixed > 0 && fixed != wanted) {
        throw new SimilarityException(
            "%s takes images of %d px, not %d as --reference-resolution or the package says"
                .formatted(file, fixed, wanted));
      }
      return wanted;
    }
    if (fixed > 0) {
      return (int) fixed;
    }
    String known = metadata.get(RESOLUTION);
    return known != null && known.matches("[1-9]\\d{0,4}")
        ? Integer.parseInt(known)
        : usualResolution;
  }

  private static float[] values(
      List<Float> given, Map<String, String> metadata, String key, float[] otherwise, Path file) {
    float[] values = otherwise;
    if (!given.isEmpty()) {
      values = new float[] {given.get(0), given.get(1), given.get(2)};
    } else if (metadata.containsKey(key)) {
      try {
        values = new ObjectMapper().readValue(metadata.get(key), float[].class);
      } catch (JsonProcessingException e) {
        throw new SimilarityException(
            "%s: its metadata %s is no list of numbers".formatted(file, key), e);
      }
      if (values.length != 3) {
        throw new SimilarityException(
            "%s: its metadata %s has %d values instead of three"
                .formatted(file, key, values.length));
      }
    }
    return values;
  }

  private static String describe(NodeInfo node) {
    return node.getInfo() instanceof TensorInfo tensor
        ? tensor.type + " " + Arrays.toString(tensor.getShape())
        : "no tensor";
  }
}
