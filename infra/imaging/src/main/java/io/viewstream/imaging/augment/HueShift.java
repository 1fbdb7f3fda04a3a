package io.viewstream.imaging.augment;

/**
 * Turns the hue in place through 8-bit HSV, as torchvision does on PIL images. The rounding of hue,
 * saturation and value to 8 bits is part of the result (up to 9 levels), so it is kept, with PIL's
 * mixture of float and double arithmetic.
 */
public final class HueShift {

  private HueShift() {}

  /**
   * Turns all hues.
   *
   * @param shift part of the circle, in [-0.5, 0.5]
   */
  public static void apply(PlanarImage image, double shift) {
    int steps = (int) (shift * 255) & 0xff;
    int[] values = image.values();
    int area = image.area();
    for (int i = 0; i < area; i++) {
      int red = values[i];
      int green = values[area + i];
      int blue = values[2 * area + i];
      int max = Math.max(red, Math.max(green, blue));
      int min = Math.min(red, Math.min(green, blue));
      int range = max - min;
      // Where saturation is 0 after truncation, hue means nothing and the pixel becomes grey.
      int saturation = range == 0 ? 0 : (int) ((float) range / (float) max * 255.0);
      if (saturation == 0) {
        values[i] = max;
        values[area + i] = max;
        values[2 * area + i] = max;
        continue;
      }
      int hue = (hue(red, green, blue, max, range) + steps) & 0xff;
      int sextant = hue * 6 / 255;
      float fraction = (float) (hue * 6 / 255.0 - sextant);
      float part = (float) (saturation / 255.0);
      int p = round(max * (1.0 - part));
      int q = round(max * (1.0 - part * fraction));
      int t = round(max * (1.0 - part * (1.0 - fraction)));
      switch (sextant % 6) {
        case 0 -> set(values, i, area, max, t, p);
        case 1 -> set(values, i, area, q, max, p);
        case 2 -> set(values, i, area, p, max, t);
        case 3 -> set(values, i, area, p, q, max);
        case 4 -> set(values, i, area, t, p, max);
        default -> set(values, i, area, max, p, q);
      }
    }
  }

  private static int hue(int red, int green, int blue, int max, int range) {
    float redDistance = (float) (max - red) / range;
    float greenDistance = (float) (max - green) / range;
    float blueDistance = (float) (max - blue) / range;
    float sextants;
    if (red == max) {
      sextants = blueDistance - greenDistance;
    } else if (green == max) {
      sextants = (float) (2.0 + redDistance - blueDistance);
    } else {
      sextants = (float) (4.0 + greenDistance - redDistance);
    }
    // In [5/6, 11/6), so the remainder modulo 1 is one subtraction.
    double turned = sextants / 6.0 + 1.0;
    float hue = (float) (turned >= 1 ? turned - 1 : turned);
    return (int) (hue * 255.0);
  }

  /** Half away from zero; the argument is never negative. */
  private static int round(double value) {
    return Math.min(255, (int) (value + 0.5));
  }

  private static void set(int[] values, int i, int area, int red, int green, int blue) {
    values[i] = red;
    values[area + i] = green;
    values[2 * area + i] = blue;
  }
}
