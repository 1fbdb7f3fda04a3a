package io.viewstream.generators.internal.model;

import io.viewstream.imaging.ImageScaler;
import io.viewstream.imaging.RgbImage;
import java.util.List;

/**
 * Makes of an image what an encoder takes: the centre square, resized, as three planes of (level /
 * 255 − mean) / deviation.
 *
 * @param resolution side of the square in pixels
 * @param means per channel, in [0, 1]
 * @param deviations per channel
 */
record ImagePreprocessor(int resolution, List<Double> means, List<Double> deviations) {

  private static final double MAX_LEVEL = 255;

  /** The planes red, green and blue in row-major order, {@code 3 * resolution * resolution}. */
  float[] apply(RgbImage image) {
    RgbImage square =
        ImageScaler.resize(
            centreSquare(image), resolution, resolution, ImageScaler.Interpolation.AREA);
    byte[] pixels = square.pixels();
    int plane = resolution * resolution;
    float[] planes = new float[RgbImage.CHANNELS * plane];
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      double mean = means.get(channel);
      double deviation = deviations.get(channel);
      for (int i = 0; i < plane; i++) {
        int level = pixels[i * RgbImage.CHANNELS + channel] & 0xff;
        planes[channel * plane + i] = (float) ((level / MAX_LEVEL - mean) / deviation);
      }
    }
    return planes;
  }

  private static RgbImage centreSquare(RgbImage image) {
    int side = Math.min(image.width(), image.height());
    if (side == image.width() && side == image.height()) {
      return image;
    }
    int left = (image.width() - side) / 2;
    int top = (image.height() - side) / 2;
    byte[] square = new byte[side * side * RgbImage.CHANNELS];
    for (int row = 0; row < side; row++) {
      System.arraycopy(
          image.pixels(),
          ((top + row) * image.width() + left) * RgbImage.CHANNELS,
          square,
          row * side * RgbImage.CHANNELS,
          side * RgbImage.CHANNELS);
    }
    return new RgbImage(side, side, square);
  }
}
