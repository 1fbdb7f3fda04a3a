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
    int[] values = image.values();
    int area = image.area();
    long sum = 0;
    for (int i = 0; i < area; i++) {
      sum += grey(values[i], values[area + i], values[2 * area + i]);
    }
    blend(image, (int) ((double) sum / area + 0.5), factor);
  }

  /** Moves the values of each pixel away from its grey by a factor. */
  public static void saturation(PlanarImage image, float factor) {
    int[] values = image.values();
    int area = image.area();
    for (int i = 0; i < area; i++) {
      int grey = grey(values[i], values[area + i], values[2 * area + i]);
      values[i] = blend(grey, values[i], factor);
      values[area + i] = blend(grey, values[area + i], factor);
      values[2 * area + i] = blend(grey, values[2 * area + i], factor);
    }
  }

  /** Makes all three channels the pixel's grey (ITU-R 601). */
  public static void grey(PlanarImage image) {
    int[] values = image.values();
    int area = image.area();
    for (int i = 0; i < area; i++) {
      int grey = grey(values[i], values[area + i], values[2 * area + i]);
      values[i] = grey;
      values[area + i] = grey;
      values[2 * area + i] = grey;
    }
  }

  /** Inverts all values from the threshold up. */
  public static void solarise(PlanarImage image, int threshold) {
    int[] values = image.values();
    int size = 3 * image.area();
    for (int i = 0; i < size; i++) {
      int value = values[i];
      values[i] = value < threshold ? value : 255 - value;
    }
  }

  /** Exchanges left and right. */
  public static void flip(PlanarImage image) {
    int[] values = image.values();
    int width = image.width();
    int rows = 3 * image.height();
    for (int y = 0; y < rows; y++) {
      for (int left = y * width, right = left + width - 1; left < right; left++, right--) {
        int kept = values[left];
        values[left] = values[right];
        values[right] = kept;
      }
    }
  }

  private static void blend(PlanarImage image, int origin, float factor) {
    int[] values = image.values();
    int size = 3 * image.area();
    for (int i = 0; i < size; i++) {
      values[i] = blend(origin, values[i], factor);
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
