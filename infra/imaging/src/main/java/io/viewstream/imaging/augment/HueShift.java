package io.viewstream.imaging.augment;

/**
 * Turns the hue in place through 8-bit HSV, as torchvision does on PIL images. The rounding of hue,
 * saturation and value to 8 bits is part of the result (up to 9 levels), so it is kept, with PIL's
 * mixture of float and double arithmetic.
 *
 * <p>Hues are in a table, since there are few different ones: a hue follows from the largest
 * channel, the range of the three and the difference of the other two. All else is straight-line
 * arithmetic over rows, which the JIT compiler vectorises, and which gives what PIL's gives in
 * every case: no quotient in it comes nearer to a rounding border than its own error.
 */
public final class HueShift {

  private static final int LEVELS = 256;

  /** Differences from -255 to 255. */
  private static final int DIFFERENCES = 2 * LEVELS;

  /** By largest channel, range, and difference of the two channels behind the largest. */
  private static final byte[] HUES = new byte[3 * LEVELS * DIFFERENCES];

  /** Hues are multiplied by 6, so that a sextant of the circle has this length. */
  private static final int SEXTANT = 255;

  private static final int CIRCLE = 6 * SEXTANT;
  private static final float UNIT = 1f / (255 * 255);

  static {
    for (int largest = 0; largest < 3; largest++) {
      for (int range = 1; range < LEVELS; range++) {
        for (int difference = -range; difference <= range; difference++) {
          HUES[(largest * LEVELS + range) * DIFFERENCES + LEVELS + difference] =
              (byte) hue(largest, range, difference);
        }
      }
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
    int width = image.width();
    int[] newReds = new int[width];
    int[] newGreens = new int[width];
    for (int y = 0; y < image.height(); y++) {
      int[] reds = image.row(0, y);
      int[] greens = image.row(1, y);
      int[] blues = image.row(2, y);
      // In between the rows hold value, hue, and value times saturation.
      separate(reds, greens, blues, width);
      turn(greens, width, steps);
      // One row of results at a time: the compiler vectorises no more than that.
      join(reds, greens, blues, 5 * SEXTANT, newReds, width);
      join(reds, greens, blues, 3 * SEXTANT, newGreens, width);
      join(reds, greens, blues, SEXTANT, blues, width);
      System.arraycopy(newReds, 0, reds, 0, width);
      System.arraycopy(newGreens, 0, greens, 0, width);
    }
  }

  /** The greens become indexes of hues. */
  private static void separate(int[] reds, int[] greens, int[] blues, int width) {
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
      int saturation = (int) ((float) range / (float) Math.max(1, value) * 255f);
      reds[x] = value;
      greens[x] = (largest * LEVELS + range) * DIFFERENCES + LEVELS + difference;
      blues[x] = value * saturation;
    }
  }

  private static void turn(int[] hues, int width, int steps) {
    for (int x = 0; x < width; x++) {
      hues[x] = (HUES[hues[x]] + steps & 0xff) * 6;
    }
  }

  private static void join(
      int[] values, int[] hues, int[] products, int start, int[] channel, int width) {
    for (int x = 0; x < width; x++) {
      channel[x] = channel(values[x], products[x], hues[x] + start);
    }
  }

  /** A channel falls from the value over one sextant, stays low for two, and rises over one. */
  private static int channel(int value, int product, int angle) {
    int around = angle - (CIRCLE & (CIRCLE - 1 - angle) >> 31);
    int drop = Math.max(0, Math.min(SEXTANT, Math.min(around, 4 * SEXTANT - around)));
    return (int) (value + 0.5f - (float) (product * drop) * UNIT);
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
