package io.viewstream.generators.internal;

import io.viewstream.imaging.RgbImage;

/**
 * A random change of colour: a tone curve, black and white level per channel, then more or less
 * saturation.
 *
 * <p>The levels clip nothing, so two draws differ even on a black image.
 */
public final class ColourChange {

  private static final int LEVELS = 256;
  private static final double MAX_BLACK = 48;
  private static final double MIN_WHITE = 200;
  private static final double MAX_GAMMA = 1.5;
  private static final double MIN_SATURATION = 0.3;
  private static final double MAX_SATURATION = 1.5;

  private final double[][] curves = new double[RgbImage.CHANNELS][LEVELS];
  private final double saturation;

  private ColourChange(RandomStream random) {
    double gamma = StrictMath.exp(random.nextUniform(-1, 1) * StrictMath.log(MAX_GAMMA));
    double[] tones = new double[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      tones[level] = StrictMath.pow(level / (LEVELS - 1.0), gamma);
    }
    for (double[] curve : curves) {
      double black = random.nextUniform(0, MAX_BLACK);
      double white = random.nextUniform(MIN_WHITE, LEVELS - 1);
      for (int level = 0; level < LEVELS; level++) {
        curve[level] = black + (white - black) * tones[level];
      }
    }
    saturation = random.nextUniform(MIN_SATURATION, MAX_SATURATION);
  }

  /** Draws the parameters. */
  public static ColourChange draw(RandomStream random) {
    return new ColourChange(random);
  }

  /** The recoloured image. */
  public RgbImage apply(RgbImage image) {
    byte[] pixels = image.pixels();
    byte[] changed = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i += RgbImage.CHANNELS) {
      double red = curves[0][pixels[i] & 0xff];
      double green = curves[1][pixels[i + 1] & 0xff];
      double blue = curves[2][pixels[i + 2] & 0xff];
      // Luma of ITU-R BT.601: the point that saturation moves towards or away from.
      double grey = 0.299 * red + 0.587 * green + 0.114 * blue;
      changed[i] = level(grey + saturation * (red - grey));
      changed[i + 1] = level(grey + saturation * (green - grey));
      changed[i + 2] = level(grey + saturation * (blue - grey));
    }
    return new RgbImage(image.width(), image.height(), changed);
  }

  private static byte level(double value) {
    return (byte) (int) (Math.min(Math.max(value, 0), LEVELS - 1) + 0.5);
  }
}
