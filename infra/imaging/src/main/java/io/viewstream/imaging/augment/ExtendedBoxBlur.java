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
  private static final int TILE = 16;

  private final PlanarImage scratch = new PlanarImage();
  private int[] sums = new int[0];
  private int[][] packed = new int[0][];
  private int[][] turned = new int[0][];

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
    // Rows first, as in PIL. A running sum along a row is one long chain of additions; along the
    // columns of all rows at once it is one vector addition per row.
    transpose(image);
    blurColumns(image, radius, weight, farWeight);
    transpose(image);
    blurColumns(image, radius, weight, farWeight);
  }

  private static float boxRadius(float sigma) {
    float variance = sigma * sigma / PASSES;
    float length = (float) Math.sqrt(12.0 * variance + 1.0);
    float whole = (float) Math.floor((length - 1.0) / 2.0);
    float fraction = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
    fraction /= 6 * (variance - (whole + 1) * (whole + 1));
    return whole + fraction;
  }

  /**
   * Makes columns of rows; in tiles, since one of the two sides is not walked along memory, and
   * with all three channels of a pixel in one {@code int}, since that walk is what takes the time.
   */
  private void transpose(PlanarImage image) {
    int width = image.width();
    int height = image.height();
    if (turned.length < Math.max(width, height)) {
      int side = Math.max(width, height);
      turned = new int[side][side];
      packed = new int[TILE][side];
    }
    for (int tileY = 0; tileY < height; tileY += TILE) {
      int rows = Math.min(TILE, height - tileY);
      for (int y = 0; y < rows; y++) {
        pack(
            image.row(0, tileY + y),
            image.row(1, tileY + y),
            image.row(2, tileY + y),
            packed[y],
            width);
      }
      for (int x = 0; x < width; x++) {
        int[] column = turned[x];
        for (int y = 0; y < rows; y++) {
          column[tileY + y] = packed[y][x];
        }
      }
    }
    image.resize(height, width);
    for (int x = 0; x < width; x++) {
      unpack(turned[x], image.row(0, x), image.row(1, x), image.row(2, x), height);
    }
  }

  private static void pack(int[] red, int[] green, int[] blue, int[] packed, int width) {
    for (int x = 0; x < width; x++) {
      packed[x] = red[x] | green[x] << 8 | blue[x] << 16;
    }
  }

  private static void unpack(int[] packed, int[] red, int[] green, int[] blue, int width) {
    for (int x = 0; x < width; x++) {
      red[x] = packed[x] & 0xff;
      green[x] = packed[x] >> 8 & 0xff;
      blue[x] = packed[x] >> 16;
    }
  }

  private void blurColumns(PlanarImage image, int radius, int weight, int farWeight) {
    for (int pass = 0; pass < PASSES; pass++) {
      blurColumnsOnce(image, radius, weight, farWeight);
      image.swap(scratch);
    }
  }

  /** One pass over the columns, into the scratch image: whole rows at a time. */
  private void blurColumnsOnce(PlanarImage image, int radius, int weight, int farWeight) {
    int width = image.width();
    int last = image.height() - 1;
    scratch.resize(width, image.height());
    if (sums.length < width) {
      sums = new int[width];
    }
    for (int channel = 0; channel < 3; channel++) {
      Arrays.fill(sums, 0, width, 0);
      for (int y = -radius - 1; y < radius; y++) {
        add(image.row(channel, Math.max(0, Math.min(last, y))), width, sums);
      }
      for (int y = 0; y <= last; y++) {
        int[] before = image.row(channel, Math.max(0, y - radius - 1));
        int[] added = image.row(channel, Math.min(last, y + radius));
        int[] after = image.row(channel, Math.min(last, y + radius + 1));
        int[] output = scratch.row(channel, y);
        blurRow(before, added, after, sums, width, weight, farWeight, output);
      }
    }
  }

  private static void add(int[] row, int width, int[] sums) {
    for (int x = 0; x < width; x++) {
      sums[x] += row[x];
    }
  }

  private static void blurRow(
      int[] before,
      int[] added,
      int[] after,
      int[] sums,
      int width,
      int weight,
      int farWeight,
      int[] output) {
    for (int x = 0; x < width; x++) {
      int sum = sums[x] + added[x] - before[x];
      sums[x] = sum;
      // Up to 255.5 * 2^24: an unsigned number, hence the unsigned shift.
      output[x] = (sum * weight + (before[x] + after[x]) * farWeight + ROUND) >>> 24;
    }
  }
}
