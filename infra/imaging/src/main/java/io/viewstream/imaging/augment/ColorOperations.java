package io.viewstream.imaging.augment;

/**
 * Changes of colour in place, each as PIL computes it on 8-bit images: float32 arithmetic, clipped
 * to 0..255 and truncated after every step. Pure functions of the image.
 */
public final class ColorOperations {

  private static final int RED_WEIGHT = 19595;
  private static final int GREEN_WEIGHT = 38470;
  private static final int BLUE_WEIGHT = 7471;
  private static final int HALF = 1 << 15;

  private ColorOperations() {}

  /** Multiplies all values by a factor. */
  public static void brightness(PlanarImage image, float factor) {
    blend(image, 0, factor);
  }

  /** Moves all values away from the image's mean grey by a factor. */
  public static void contrast(PlanarImage image, float factor) {
    long sum = 0;
    for (int y = 0; y < image.height(); y++) {
      sum += sumOfGreys(image.row(0, y), image.row(1, y), image.row(2, y), image.width());
    }
    double mean = (double) sum / ((long) image.width() * image.height());
    blend(image, (int) (mean + 0.5), factor);
  }

  private static int sumOfGreys(int[] red, int[] green, int[] blue, int width) {
    int sum = 0;
    for (int x = 0; x < width; x++) {
      sum += grey(red[x], green[x], blue[x]);
    }
    return sum;
  }

  /** Moves the values of each pixel away from its grey by a factor. */
  public static void saturation(PlanarImage image, float factor) {
    for (int y = 0; y < image.height(); y++) {
      saturation(image.row(0, y), image.row(1, y), image.row(2, y), image.width(), factor);
    }
  }

  private static void saturation(int[] red, int[] green, int[] blue, int width, float factor) {
    for (int x = 0; x < width; x++) {
      int grey = grey(red[x], green[x], blue[x]);
      red[x] = blend(grey, red[x], factor);
      green[x] = blend(grey, green[x], factor);
      blue[x] = blend(grey, blue[x], factor);
    }
  }

  /** Makes all three channels the pixel's grey (ITU-R 601). */
  public static void grey(PlanarImage image) {
    for (int y = 0; y < image.height(); y++) {
      int[] red = image.row(0, y);
      grey(red, image.row(1, y), image.row(2, y), image.width());
      System.arraycopy(red, 0, image.row(1, y), 0, image.width());
      System.arraycopy(red, 0, image.row(2, y), 0, image.width());
    }
  }

  private static void grey(int[] red, int[] green, int[] blue, int width) {
    for (int x = 0; x < width; x++) {
      red[x] = grey(red[x], green[x], blue[x]);
    }
  }

  /** Inverts all values from the threshold up. */
  public static void solarise(PlanarImage image, int threshold) {
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < image.height(); y++) {
        solarise(image.row(channel, y), image.width(), threshold);
      }
    }
  }

  private static void solarise(int[] row, int width, int threshold) {
    for (int x = 0; x < width; x++) {
      int value = row[x];
      row[x] = value < threshold ? value : 255 - value;
    }
  }

  /** Exchanges left and right. */
  public static void flip(PlanarImage image) {
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < image.height(); y++) {
        flip(image.row(channel, y), image.width());
      }
    }
  }

  private static void flip(int[] row, int width) {
    for (int left = 0, right = width - 1; left < right; left++, right--) {
      int kept = row[left];
      row[left] = row[right];
      row[right] = kept;
    }
  }

  private static void blend(PlanarImage image, int origin, float factor) {
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < image.height(); y++) {
        blend(image.row(channel, y), image.width(), origin, factor);
      }
    }
  }

  private static void blend(int[] row, int width, int origin, float factor) {
    for (int x = 0; x < width; x++) {
      row[x] = blend(origin, row[x], factor);
    }
  }

  private static int blend(int origin, int value, float factor) {
    int blended = (int) (origin + factor * (value - origin));
    return Math.max(0, Math.min(255, blended));
  }

  private static int grey(int red, int green, int blue) {
    return (red * RED_WEIGHT + green * GREEN_WEIGHT + blue * BLUE_WEIGHT + HALF) >> 16;
  }
}
