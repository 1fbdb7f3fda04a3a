package io.viewstream.generators.internal.model;

import io.viewstream.generators.internal.model.Manifest.EncoderSettings;
import io.viewstream.imaging.ImageScaler;
import io.viewstream.imaging.RgbImage;
import io.viewstream.imaging.augment.CropBox;
import io.viewstream.imaging.augment.Interpolation;
import io.viewstream.imaging.augment.PlanarImage;
import io.viewstream.imaging.augment.ResizedCrop;

/**
 * Makes of an image what an encoder takes: a square of it, as three planes of (level / 255 − mean)
 * / deviation.
 *
 * @param encoder what it takes
 * @param crop which square
 */
record ImagePreprocessor(EncoderSettings encoder, Crop crop) {

  private static final double MAX_LEVEL = 255;

  /** Times the shorter edge; far more than what is cut out in the end. */
  private static final int LONGEST = 8;

  /** How an image becomes a square of the encoder's resolution. */
  enum Crop {
    /** The centre square of the image, resized by area. */
    CENTRE_SQUARE {
      @Override
      RgbImage square(RgbImage image, int resolution) {
        int side = Math.min(image.width(), image.height());
        return ImageScaler.resize(
            centre(image, side, side), resolution, resolution, ImageScaler.Interpolation.AREA);
      }
    },
    /**
     * As CLIP was trained: the shorter edge is brought to the resolution by an antialiased cubic,
     * then the centre is cut out. Of an image that is longer than {@link #LONGEST} times its
     * shorter edge only the middle is resized: all of it need not fit into memory.
     */
    CLIP {
      @Override
      RgbImage square(RgbImage source, int resolution) {
        int shorter = Math.min(source.width(), source.height());
        int longest = (int) Math.min(Integer.MAX_VALUE, (long) LONGEST * shorter);
        RgbImage image =
            centre(source, Math.min(source.width(), longest), Math.min(source.height(), longest));
        int width = (int) ((long) resolution * image.width() / shorter);
        int height = (int) ((long) resolution * image.height() / shorter);
        return centre(resize(image, width, height, Interpolation.BICUBIC), resolution, resolution);
      }
    };

    abstract RgbImage square(RgbImage image, int resolution);
  }

  /** The planes red, green and blue in row-major order, {@code 3 * resolution * resolution}. */
  float[] apply(RgbImage image) {
    int resolution = encoder.resolution();
    byte[] pixels = crop.square(image, resolution).pixels();
    int plane = resolution * resolution;
    float[] planes = new float[RgbImage.CHANNELS * plane];
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      double mean = encoder.channelMeans().get(channel);
      double deviation = encoder.channelDeviations().get(channel);
      for (int i = 0; i < plane; i++) {
        int level = pixels[i * RgbImage.CHANNELS + channel] & 0xff;
        planes[channel * plane + i] = (float) ((level / MAX_LEVEL - mean) / deviation);
      }
    }
    return planes;
  }

  /** The image in another size, antialiased as PIL does it. */
  static RgbImage resize(RgbImage image, int width, int height, Interpolation interpolation) {
    if (width == image.width() && height == image.height()) {
      return image;
    }
    PlanarImage resized = new PlanarImage();
    new ResizedCrop(interpolation, height, width)
        .apply(image, CropBox.whole(image.width(), image.height()), resized);
    byte[] pixels = new byte[width * height * RgbImage.CHANNELS];
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      for (int y = 0; y < height; y++) {
        int[] row = resized.row(channel, y);
        for (int x = 0; x < width; x++) {
          pixels[(y * width + x) * RgbImage.CHANNELS + channel] = (byte) row[x];
        }
      }
    }
    return new RgbImage(width, height, pixels);
  }

  private static RgbImage centre(RgbImage image, int width, int height) {
    if (width == image.width() && height == image.height()) {
      return image;
    }
    int left = (image.width() - width) / 2;
    int top = (image.height() - height) / 2;
    int rowBytes = width * RgbImage.CHANNELS;
    byte[] middle = new byte[height * rowBytes];
    for (int row = 0; row < height; row++) {
      System.arraycopy(
          image.pixels(),
          ((top + row) * image.width() + left) * RgbImage.CHANNELS,
          middle,
          row * rowBytes,
          rowBytes);
    }
    return new RgbImage(width, height, middle);
  }
}
