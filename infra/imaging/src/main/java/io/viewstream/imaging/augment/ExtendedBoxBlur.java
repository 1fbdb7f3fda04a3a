package io.viewstream.imaging.augment;

import java.util.Arrays;

/**
 * An approximation of the Gaussian blur, in place: three box filters of a fractional radius per
 * axis (Gwosdek et al. 2011, "Theoretical Foundations of Gaussian Convolution by Extended Box
 * Filtering"), as in PIL: 8 bits after each, border pixels repeated. Its cost does not depend on
 * sigma. Belongs to one thread.
 */
public final class ExtendedBoxBlur {

  private static final int PASSES = 3;
  private static final int ONE = 1 << 24;
  private static final int ROUND = 1 << 23;

  private final PlanarImage scratch = new PlanarImage();
  private int[] sums = new int[0];
  private int[] line = new int[0];
  private int[] nextLine = new int[0];

  /**
   * Blurs the image.
   *
   * @param sigma standard deviation of the Gaussian in pixels, above 0
   */
  public void apply(PlanarImage image, float sigma) {
    float boxRadius = boxRadius(sigma);
    int radius = (int) boxRadius;
    int weight = (int) (ONE / (boxRadius * 2 + 1));
    int farWeight = (ONE - (radius * 2 + 1) * weight) / 2;
    blurRows(image, radius, weight, farWeight);
    for (int pass = 0; pass < PASSES; pass++) {
      blurColumns(image, radius, weight, farWeight);
      image.swap(scratch);
    }
  }

  private static float boxRadius(float sigma) {
    float variance = sigma * sigma / PASSES;
    float length = (float) Math.sqrt(12.0 * variance + 1.0);
    float whole = (float) Math.floor((length - 1.0) / 2.0);
    float fraction = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
    fraction /= 6 * (variance - (whole + 1) * (whole + 1));
    return whole + fraction;
  }

  private void blurRows(PlanarImage image, int radius, int weight, int farWeight) {
    int width = image.width();
    if (line.length < width) {
      line = new int[width];
      nextLine = new int[width];
    }
    int[] values = image.values();
    int rows = 3 * image.height();
    for (int y = 0; y < rows; y++) {
      blurLine(values, y * width, line, 0, width, radius, weight, farWeight);
      blurLine(line, 0, nextLine, 0, width, radius, weight, farWeight);
      blurLine(nextLine, 0, values, y * width, width, radius, weight, farWeight);
    }
  }

  private static void blurLine(
      int[] input,
      int from,
      int[] output,
      int to,
      int size,
      int radius,
      int weight,
      int farWeight) {
    int last = size - 1;
    int sum = 0;
    for (int x = -radius - 1; x < radius; x++) {
      sum += input[from + Math.max(0, Math.min(last, x))];
    }
    for (int x = 0; x < size; x++) {
      int before = input[from + Math.max(0, x - radius - 1)];
      sum += input[from + Math.min(last, x + radius)] - before;
      int far = before + input[from + Math.min(last, x + radius + 1)];
      // Up to 255.5 * 2^24: an unsigned number, hence the unsigned shift.
      output[to + x] = (sum * weight + far * farWeight + ROUND) >>> 24;
    }
  }

  /** One pass over the columns, into the scratch image: whole rows at a time. */
  private void blurColumns(PlanarImage image, int radius, int weight, int farWeight) {
    int width = image.width();
    int height = image.height();
    int last = height - 1;
    scratch.resize(width, height);
    if (sums.length < width) {
      sums = new int[width];
    }
    int[] input = image.values();
    int[] output = scratch.values();
    for (int channel = 0; channel < 3; channel++) {
      int plane = channel * image.area();
      Arrays.fill(sums, 0, width, 0);
      for (int y = -radius - 1; y < radius; y++) {
        int row = plane + Math.max(0, Math.min(last, y)) * width;
        for (int x = 0; x < width; x++) {
          sums[x] += input[row + x];
        }
      }
      for (int y = 0; y < height; y++) {
        int before = plane + Math.max(0, y - radius - 1) * width;
        int added = plane + Math.min(last, y + radius) * width;
        int after = plane + Math.min(last, y + radius + 1) * width;
        int to = plane + y * width;
        for (int x = 0; x < width; x++) {
          int sum = sums[x] + input[added + x] - input[before + x];
          sums[x] = sum;
          int far = input[before + x] + input[after + x];
          output[to + x] = (sum * weight + far * farWeight + ROUND) >>> 24;
        }
      }
    }
  }
}
