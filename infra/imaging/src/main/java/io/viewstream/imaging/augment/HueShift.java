package io.viewstream.imaging.augment;

/**
 * Turns the hue in place through 8-bit HSV, as torchvision does on PIL images. The rounding of hue,
 * saturation and value to 8 bits is part of the result (up to 9 levels), so it is kept, with PIL's
 * mixture of float and double arithmetic.
 *
 * <p>All divisions are in tables, since there are few different ones: a hue follows from the
 * largest channel, the range of the three and the difference of the other two. No pixel takes a
 * branch.
 */
public final class HueShift {

  private static final int LEVELS = 256;

  /** Differences from -255 to 255. */
  private static final int DIFFERENCES = 2 * LEVELS;

  /** By largest channel, range, and difference of the two channels behind the largest. */
  private static final byte[] HUES = new byte[3 * LEVELS * DIFFERENCES];

  /** By value and range. */
  private static final byte[] SATURATIONS = new byte[LEVELS * LEVELS];

  /** By value and saturation: the level of the smallest channel. */
  private static final byte[] SMALLEST = new byte[LEVELS * LEVELS];

  /** By hue: how far the middle channel lies below the value, as a part of the saturation. */
  private static final double[] DROPS = new double[LEVELS];

  /**
   * By hue: for red, green and blue, at bits 0, 5 and 10, by how many bits a word of smallest,
   * middle and value, in this order from bit 0, is shifted for the channel's level.
   */
  private static final int[] SHIFTS = new int[LEVELS];

  private static final int SMALL = 0;
  private static final int MIDDLE = 8;
  private static final int VALUE = 16;

  // For each sextant of the colour circle, which level each channel takes.
  private static final int[] RED = {VALUE, MIDDLE, SMALL, SMALL, MIDDLE, VALUE};
  private static final int[] GREEN = {MIDDLE, VALUE, VALUE, MIDDLE, SMALL, SMALL};
  private static final int[] BLUE = {SMALL, SMALL, MIDDLE, VALUE, VALUE, MIDDLE};

  static {
    for (int range = 1; range < LEVELS; range++) {
      for (int value = range; value < LEVELS; value++) {
        SATURATIONS[value * LEVELS + range] = (byte) (int) ((float) range / (float) value * 255.0);
      }
      for (int difference = -range; difference <= range; difference++) {
        for (int largest = 0; largest < 3; largest++) {
          HUES[(largest * LEVELS + range) * DIFFERENCES + LEVELS + difference] =
              (byte) hue(largest, range, difference);
        }
      }
    }
    for (int value = 0; value < LEVELS; value++) {
      for (int saturation = 0; saturation < LEVELS; saturation++) {
        SMALLEST[value * LEVELS + saturation] =
            (byte) (int) (value * (1.0 - (float) (saturation / 255.0)) + 0.5);
      }
    }
    for (int hue = 0; hue < LEVELS; hue++) {
      int sextant = hue * 6 / 255;
      float fraction = (float) (hue * 6 / 255.0 - sextant);
      int turned = sextant == 6 ? 0 : sextant;
      DROPS[hue] = turned % 2 == 0 ? 1.0 - fraction : fraction;
      SHIFTS[hue] = RED[turned] | GREEN[turned] << 5 | BLUE[turned] << 10;
    }
  }

  private HueShift() {}

  /**
   * Turns all hues.
   *
   * @param shift part of the circle, in [-0.5, 0.5]
   */
  public static void apply(PlanarImage image, double shift) {
    int steps = (int) (shift * 255) & 0xff;
    for (int y = 0; y < image.height(); y++) {
      apply(image.row(0, y), image.row(1, y), image.row(2, y), image.width(), steps);
    }
  }

  private static void apply(int[] reds, int[] greens, int[] blues, int width, int steps) {
    for (int x = 0; x < width; x++) {
      int red = reds[x];
      int green = greens[x];
      int blue = blues[x];
      int value = Math.max(red, Math.max(green, blue));
      int range = value - Math.min(red, Math.min(green, blue));
      // All bits where red is not the largest, and where neither red nor green is.
      int notRed = (red - value) >> 31;
      int notGreen = notRed & (green - value) >> 31;
      // Of the two channels that follow the largest around the circle, the first less the second.
      int difference =
          (green - blue & ~notRed) | (blue - red & notRed & ~notGreen) | (red - green & notGreen);
      int largest = -(notRed + notGreen);
      int hue = HUES[(largest * LEVELS + range) * DIFFERENCES + LEVELS + difference] + steps & 0xff;
      int saturation = SATURATIONS[value * LEVELS + range] & 0xff;
      // Where saturation is 0 after truncation, all three levels are the value.
      int smallest = SMALLEST[value * LEVELS + saturation] & 0xff;
      int middle = (int) (value * (1.0 - saturation / 255.0 * DROPS[hue]) + 0.5);
      int levels = smallest | middle << MIDDLE | value << VALUE;
      int shifts = SHIFTS[hue];
      reds[x] = levels >>> shifts & 0xff;
      greens[x] = levels >>> (shifts >> 5) & 0xff;
      blues[x] = levels >>> (shifts >> 10) & 0xff;
    }
  }

  /** The hue as PIL computes it; the quotients are rounded to float, their sum is exact. */
  private static int hue(int largest, int range, int difference) {
    // One of the two other channels is the smallest: its distance to the largest is the range.
    float first = difference >= 0 ? (float) (range - difference) / range : 1;
    float second = difference >= 0 ? 1 : (float) (range + difference) / range;
    double sextants = (float) (2.0 * largest + second - first);
    // In [5/6, 11/6), so the remainder modulo 1 is one subtraction.
    double turned = sextants / 6.0 + 1.0;
    float hue = (float) (turned >= 1 ? turned - 1 : turned);
    return (int) (hue * 255.0);
  }
}
