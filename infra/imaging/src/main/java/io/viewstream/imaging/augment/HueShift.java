package io.viewstream.imaging.augment;

/**
 * Turns the hue in place through 8-bit HSV, as torchvision does on PIL images. The rounding of hue,
 * saturation and value to 8 bits is part of the result (up to 9 levels), so it is kept, with PIL's
 * mixture of float and double arithmetic.
 */
public final class HueShift {

  private HueShift() {}

  // For each sextant of the colour circle, which of value, q, p and t each channel takes.
  private static final int[] RED = {0, 1, 2, 2, 3, 0};
  private static final int[] GREEN = {3, 0, 0, 1, 2, 2};
  private static final int[] BLUE = {2, 2, 3, 0, 0, 1};

  /**
   * Turns all hues.
   *
   * @param shift part of the circle, in [-0.5, 0.5]
   */
  public static void apply(PlanarImage image, double shift) {
    int steps = (int) (shift * 255) & 0xff;
    int[] levels = new int[4];
    for (int y = 0; y < image.height(); y++) {
      apply(image.row(0, y), image.row(1, y), image.row(2, y), image.width(), steps, levels);
    }
  }

  private static void apply(
      int[] reds, int[] greens, int[] blues, int width, int steps, int[] levels) {
    for (int x = 0; x < width; x++) {
      int red = reds[x];
      int green = greens[x];
      int blue = blues[x];
      int max = Math.max(red, Math.max(green, blue));
      int range = max - Math.min(red, Math.min(green, blue));
      // Where saturation is 0 after truncation, hue means nothing and the pixel becomes grey.
      int saturation = range == 0 ? 0 : (int) ((float) range / (float) max * 255.0);
      if (saturation == 0) {
        reds[x] = max;
        greens[x] = max;
        blues[x] = max;
        continue;
      }
      int hue = (hue(red, green, blue, max, range) + steps) & 0xff;
      int sextant = hue * 6 / 255;
      float fraction = (float) (hue * 6 / 255.0 - sextant);
      float part = (float) (saturation / 255.0);
      // Looked up and not branched to: the sextant of the next pixel is anyone's guess.
      levels[0] = max;
      levels[1] = round(max * (1.0 - part * fraction));
      levels[2] = round(max * (1.0 - part));
      levels[3] = round(max * (1.0 - part * (1.0 - fraction)));
      int turned = sextant == 6 ? 0 : sextant;
      reds[x] = levels[RED[turned]];
      greens[x] = levels[GREEN[turned]];
      blues[x] = levels[BLUE[turned]];
    }
  }

  private static int hue(int red, int green, int blue, int max, int range) {
    boolean redMax = red == max;
    boolean greenMax = green == max;
    int added = redMax ? blue : greenMax ? red : green;
    int subtracted = redMax ? green : greenMax ? blue : red;
    double base = redMax ? 0 : greenMax ? 2 : 4;
    // The quotients are rounded to float; their sum is exact in double.
    float addedDistance = (float) (max - added) / range;
    float subtractedDistance = (float) (max - subtracted) / range;
    float sextants = (float) (base + addedDistance - subtractedDistance);
    // In [5/6, 11/6), so the remainder modulo 1 is one subtraction.
    double turned = sextants / 6.0 + 1.0;
    float hue = (float) (turned >= 1 ? turned - 1 : turned);
    return (int) (hue * 255.0);
  }

  /** Half away from zero; the argument is never negative. */
  private static int round(double value) {
    return Math.min(255, (int) (value + 0.5));
  }
}
