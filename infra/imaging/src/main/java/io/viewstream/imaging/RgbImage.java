package io.viewstream.imaging;

import java.util.Arrays;
import java.util.Objects;

/**
 * A decoded image: 8 bits per channel, three interleaved channels in the order red, green, blue,
 * rows from top to bottom without padding. Channel c of the pixel in column x and row y is {@code
 * pixels[(y * width + x) * 3 + c]}, to be read as unsigned.
 *
 * <p>The array is not copied, neither on the way in nor on the way out: whoever hands it over must
 * not write to it afterwards. Two images are equal when their sizes and all their pixels are.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param pixels {@code width * height * 3} bytes
 */
@SuppressWarnings(
    "ArrayRecordComponent") // Equality is defined below; a copy of each image is too dear.
public record RgbImage(int width, int height, byte[] pixels) implements PixelRows {
  /** Bytes of one pixel. */
  public static final int CHANNELS = 3;

  public RgbImage {
    Objects.requireNonNull(pixels, "pixels");
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "Image of " + width + "×" + height + " pixels; each side must be at least 1");
    }
    if (pixels.length != (long) width * height * CHANNELS) {
      throw new IllegalArgumentException(
          "Image of %d×%d pixels needs %d bytes, not %d"
              .formatted(width, height, (long) width * height * CHANNELS, pixels.length));
    }
  }

  /** An image of one colour, given as 0xRRGGBB. */
  public static RgbImage filled(int width, int height, int rgb) {
    byte[] pixels = new byte[Math.multiplyExact(Math.multiplyExact(width, height), CHANNELS)];
    for (int i = 0; i < pixels.length; i += CHANNELS) {
      pixels[i] = (byte) (rgb >> 16);
      pixels[i + 1] = (byte) (rgb >> 8);
      pixels[i + 2] = (byte) rgb;
    }
    return new RgbImage(width, height, pixels);
  }

  /**
   * The pixel in column x and row y as 0xRRGGBB; for tests and reports, not for loops that count.
   */
  public int rgb(int x, int y) {
    int i = (Objects.checkIndex(y, height) * width + Objects.checkIndex(x, width)) * CHANNELS;
    return (pixels[i] & 0xff) << 16 | (pixels[i + 1] & 0xff) << 8 | (pixels[i + 2] & 0xff);
  }

  @Override
  public void copyRow(int y, int left, int columns, byte[] target) {
    Objects.checkIndex(y, height);
    Objects.checkFromIndexSize(left, columns, width);
    System.arraycopy(pixels, (y * width + left) * CHANNELS, target, 0, columns * CHANNELS);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RgbImage image
        && width == image.width
        && height == image.height
        && Arrays.equals(pixels, image.pixels);
  }

  @Override
  public int hashCode() {
    return (width * 31 + height) * 31 + Arrays.hashCode(pixels);
  }

  @Override
  public String toString() {
    return "RgbImage[" + width + "×" + height + "]";
  }
}
