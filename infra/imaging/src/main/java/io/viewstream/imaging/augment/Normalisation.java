package io.viewstream.imaging.augment;

import java.nio.FloatBuffer;

/**
 * Makes floats of 8-bit values: v / 255, less the channel's mean, over its standard deviation, in
 * float32 arithmetic. Holds all 3 x 256 results in a table. Immutable.
 */
public final class Normalisation {

  /** Means and deviations of ImageNet, which most pre-training uses for any data. */
  public static final Normalisation IMAGENET =
      new Normalisation(new float[] {0.485f, 0.456f, 0.406f}, new float[] {0.229f, 0.224f, 0.225f});

  private static final int LEVELS = 256;

  private final float[] means;
  private final float[] deviations;
  private final float[][] tables = new float[3][LEVELS];

  /**
   * Normalises by the given values.
   *
   * @param means of red, green and blue, in [0, 1]
   * @param deviations of red, green and blue, above 0
   */
  public Normalisation(float[] means, float[] deviations) {
    if (means.length != 3 || deviations.length != 3) {
      throw new IllegalArgumentException(
          "Normalisation needs 3 means and 3 deviations, not "
              + means.length
              + " and "
              + deviations.length);
    }
    this.means = means.clone();
    this.deviations = deviations.clone();
    for (int channel = 0; channel < 3; channel++) {
      if (!(deviations[channel] > 0)) {
        throw new IllegalArgumentException(
            "Deviation of channel " + channel + " is " + deviations[channel] + ", not above 0");
      }
      for (int value = 0; value < LEVELS; value++) {
        tables[channel][value] = (value / 255f - means[channel]) / deviations[channel];
      }
    }
  }

  /** Means of red, green and blue, in [0, 1]; a copy. */
  public float[] means() {
    return means.clone();
  }

  /** Deviations of red, green and blue; a copy. */
  public float[] deviations() {
    return deviations.clone();
  }

  /**
   * Writes an image as float32 [3, height, width].
   *
   * @param image the image
   * @param row scratch of at least the image's width
   * @param target buffer to write to
   * @param position where in the buffer the first value goes, in floats
   */
  public void write(PlanarImage image, float[] row, FloatBuffer target, int position) {
    int width = image.width();
    int height = image.height();
    for (int channel = 0; channel < 3; channel++) {
      float[] table = tables[channel];
      for (int y = 0; y < height; y++) {
        int[] values = image.row(channel, y);
        for (int x = 0; x < width; x++) {
          row[x] = table[values[x]];
        }
        target.put(position + (channel * height + y) * width, row, 0, width);
      }
    }
  }
}
