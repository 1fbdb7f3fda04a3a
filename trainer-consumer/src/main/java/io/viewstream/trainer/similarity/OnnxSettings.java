package io.viewstream.trainer.similarity;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a user says of an ONNX encoder. What is left out, the file itself says, as those that
 * infra/models/to_onnx.py writes do; else it is the checkpoint's resolution, ImageNet's
 * normalisation, and the part of an image that the checkpoint sees.
 *
 * @param resolution side of the images that it takes, in pixels
 * @param means of red, green and blue in [0, 1]; three values, or none
 * @param deviations of red, green and blue; three values above 0, or none
 * @param crop the middle square that it sees, as a part of the shorter side in (0, 1]
 * @param output name of the tensor to take, where there are several
 */
public record OnnxSettings(
    OptionalInt resolution,
    List<Float> means,
    List<Float> deviations,
    OptionalDouble crop,
    Optional<String> output) {

  /** Nothing said. */
  public static final OnnxSettings NONE =
      new OnnxSettings(
          OptionalInt.empty(), List.of(), List.of(), OptionalDouble.empty(), Optional.empty());

  /**
   * Checks and copies the values.
   *
   * @throws IllegalArgumentException if a list has neither three values nor none, a deviation is
   *     not above 0, or the crop no part of the image
   */
  public OnnxSettings {
    means = three("--reference-mean", means);
    deviations = three("--reference-deviation", deviations);
    if (deviations.stream().anyMatch(deviation -> !(deviation > 0))) {
      throw new IllegalArgumentException(
          "--reference-deviation is %s; each must be above 0".formatted(deviations));
    }
    if (crop.isPresent() && !(crop.getAsDouble() > 0 && crop.getAsDouble() <= 1)) {
      throw new IllegalArgumentException(
          "--reference-crop is %s; it must be above 0 and at most 1".formatted(crop.getAsDouble()));
    }
    if (resolution.isPresent() && resolution.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "--reference-resolution is %d; it must be at least 1".formatted(resolution.getAsInt()));
    }
  }

  private static List<Float> three(String option, List<Float> values) {
    if (!values.isEmpty() && values.size() != 3) {
      throw new IllegalArgumentException(
          "%s has %d values; it needs three, for red, green and blue"
              .formatted(option, values.size()));
    }
    return List.copyOf(values);
  }
}
