package io.viewstream.imaging.augment;

/**
 * How far colours may be changed. A factor of brightness, contrast and saturation is uniform in
 * [max(0, 1 - strength), 1 + strength], the shift of the hue in [-strength, strength] of the
 * circle.
 *
 * @param probability of changing colours at all, in [0, 1]
 * @param brightness strength, at least 0
 * @param contrast strength, at least 0
 * @param saturation strength, at least 0
 * @param hue strength, in [0, 0.5]
 */
public record ColorJitter(
    double probability, double brightness, double contrast, double saturation, double hue) {

  /** Checks the ranges. */
  public ColorJitter {
    Probabilities.check("color jitter", probability);
    if (brightness < 0 || contrast < 0 || saturation < 0 || hue < 0 || hue > 0.5) {
      throw new IllegalArgumentException(
          "Color jitter of brightness %s, contrast %s, saturation %s, hue %s: strengths are at least 0, that of the hue at most 0.5"
              .formatted(brightness, contrast, saturation, hue));
    }
  }
}
