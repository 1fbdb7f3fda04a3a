package io.viewstream.imaging.augment;

/**
 * The settings by which one view of an image is augmented, in the order in which they are applied.
 *
 * @param minCropScale smallest part of the image's area that a crop keeps, in (0, 1]
 * @param maxCropScale largest part of the image's area that a crop keeps, in [minCropScale, 1]
 * @param flipProbability of mirroring left and right
 * @param jitter change of colours
 * @param greyProbability of dropping the colours
 * @param blurProbability of a Gaussian blur with a sigma uniform in [0.1, 2] pixels
 * @param solariseProbability of inverting all values from 128 up
 */
public record ViewAugmentation(
    double minCropScale,
    double maxCropScale,
    double flipProbability,
    ColorJitter jitter,
    double greyProbability,
    double blurProbability,
    double solariseProbability) {

  /** Smallest aspect ratio (width / height) of a crop. */
  public static final double MIN_CROP_RATIO = 3.0 / 4.0;

  /** Largest aspect ratio (width / height) of a crop. */
  public static final double MAX_CROP_RATIO = 4.0 / 3.0;

  /** Smallest sigma of the blur in pixels. */
  public static final double MIN_BLUR_SIGMA = 0.1;

  /** Largest sigma of the blur in pixels. */
  public static final double MAX_BLUR_SIGMA = 2.0;

  /** Values from this one up are inverted by solarisation. */
  public static final int SOLARISE_THRESHOLD = 128;

  /** Checks the ranges. */
  public ViewAugmentation {
    if (!(minCropScale > 0 && minCropScale <= maxCropScale && maxCropScale <= 1)) {
      throw new IllegalArgumentException(
          "Crop scale from %s to %s: it must rise, above 0 and up to 1"
              .formatted(minCropScale, maxCropScale));
    }
    Probabilities.check("flip", flipProbability);
    Probabilities.check("grey", greyProbability);
    Probabilities.check("blur", blurProbability);
    Probabilities.check("solarisation", solariseProbability);
  }

  /** The same with another range of crop scales. */
  public ViewAugmentation withCropScale(double min, double max) {
    return new ViewAugmentation(
        min, max, flipProbability, jitter, greyProbability, blurProbability, solariseProbability);
  }

  /** The same with another probability of a blur. */
  public ViewAugmentation withBlurProbability(double probability) {
    return new ViewAugmentation(
        minCropScale,
        maxCropScale,
        flipProbability,
        jitter,
        greyProbability,
        probability,
        solariseProbability);
  }
}
