package io.viewstream.imaging.augment;

/**
 * What is done to one view: everything that was random is decided here. Needs no pixels, only the
 * size of the image, so that a decoder can be told which part is wanted.
 *
 * @param crop the part of the image that is kept, to be scaled to the size of the view
 * @param flip whether left and right are exchanged
 * @param jitter whether the colours are changed by the next four values
 * @param brightness factor; 1 changes nothing
 * @param contrast factor; 1 changes nothing
 * @param saturation factor; 1 changes nothing
 * @param hue shift as a part of the circle, in [-0.5, 0.5]
 * @param grey whether colours are dropped
 * @param blurSigma sigma of the Gaussian blur in pixels, or 0 for none
 * @param solarise whether values from 128 up are inverted
 */
public record AugmentationParameters(
    CropBox crop,
    boolean flip,
    boolean jitter,
    float brightness,
    float contrast,
    float saturation,
    double hue,
    boolean grey,
    float blurSigma,
    boolean solarise) {

  // Each kind of change has its own indexes, so that one setting never shifts the draws of another.
  private static final int FLIP = RandomCrop.DRAWS;
  private static final int JITTER = FLIP + 1;
  private static final int BRIGHTNESS = JITTER + 1;
  private static final int CONTRAST = BRIGHTNESS + 1;
  private static final int SATURATION = CONTRAST + 1;
  private static final int HUE = SATURATION + 1;
  private static final int GREY = HUE + 1;
  private static final int BLUR = GREY + 1;
  private static final int BLUR_SIGMA = BLUR + 1;
  private static final int SOLARISE = BLUR_SIGMA + 1;

  /** Scaling alone: the box becomes the view, nothing else is changed. */
  public static AugmentationParameters scaling(CropBox crop) {
    return new AugmentationParameters(crop, false, false, 1, 1, 1, 0, false, 0, false);
  }

  /**
   * Draws the parameters of one view.
   *
   * @param settings probabilities and strengths
   * @param key names the view among all: made of seed, epoch, image and slot by {@link
   *     CounterRandom#key}
   * @param width of the image in pixels
   * @param height of the image in pixels
   * @return the same parameters for the same arguments, always
   */
  public static AugmentationParameters draw(
      ViewAugmentation settings, long key, int width, int height) {
    ColorJitter colors = settings.jitter();
    boolean blur = CounterRandom.chance(key, BLUR, settings.blurProbability());
    return new AugmentationParameters(
        RandomCrop.draw(settings, key, width, height),
        CounterRandom.chance(key, FLIP, settings.flipProbability()),
        CounterRandom.chance(key, JITTER, colors.probability()),
        factor(key, BRIGHTNESS, colors.brightness()),
        factor(key, CONTRAST, colors.contrast()),
        factor(key, SATURATION, colors.saturation()),
        CounterRandom.uniform(key, HUE, -colors.hue(), colors.hue()),
        CounterRandom.chance(key, GREY, settings.greyProbability()),
        blur
            ? (float)
                CounterRandom.uniform(
                    key,
                    BLUR_SIGMA,
                    ViewAugmentation.MIN_BLUR_SIGMA,
                    ViewAugmentation.MAX_BLUR_SIGMA)
            : 0,
        CounterRandom.chance(key, SOLARISE, settings.solariseProbability()));
  }

  private static float factor(long key, int index, double strength) {
    return (float) CounterRandom.uniform(key, index, Math.max(0, 1 - strength), 1 + strength);
  }
}
