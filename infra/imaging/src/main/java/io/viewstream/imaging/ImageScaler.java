package io.viewstream.imaging;

import io.viewstream.imaging.internal.OpenCv;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/** Changes the size of images. Any number of threads may scale at once. */
public final class ImageScaler {
  /** How pixels of the new size are made of those of the old. */
  public enum Interpolation {
    /** Mean of the area that a new pixel covers: the one to shrink with; when growing, bilinear. */
    AREA(opencv_imgproc.INTER_AREA),
    /** Linear between the four nearest pixels; shrinking by more than 2 it aliases. */
    BILINEAR(opencv_imgproc.INTER_LINEAR),
    /** Cubic (a = −0.75) over the sixteen nearest pixels; shrinking by more than 2 it aliases. */
    BICUBIC(opencv_imgproc.INTER_CUBIC);

    private final int code;

    Interpolation(int code) {
      this.code = code;
    }
  }

  private ImageScaler() {}

  /**
   * The image in another size; the image itself when it has that size already.
   *
   * @param width new width in pixels, at least 1
   * @param height new height in pixels, at least 1
   */
  public static RgbImage resize(
      RgbImage image, int width, int height, Interpolation interpolation) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "Size of " + width + "×" + height + " pixels; each side must be at least 1");
    }
    if (width == image.width() && height == image.height()) {
      return image;
    }
    try (PointerScope scope = new PointerScope()) {
      Mat resized = new Mat();
      opencv_imgproc.resize(
          OpenCv.of(image), resized, new Size(width, height), 0, 0, interpolation.code);
      return OpenCv.image(resized);
    }
  }

  /**
   * The image shrunk by area, in its proportions, so that its longer side is at most so many
   * pixels; the image itself when it is no longer than that.
   *
   * @param maxSide in pixels, at least 1
   */
  public static RgbImage shrinkToFit(RgbImage image, int maxSide) {
    if (maxSide < 1) {
      throw new IllegalArgumentException("Longest side of " + maxSide + " pixels; at least 1");
    }
    int longer = Math.max(image.width(), image.height());
    if (longer <= maxSide) {
      return image;
    }
    double scale = (double) maxSide / longer;
    return resize(
        image,
        (int) Math.max(1, Math.round(image.width() * scale)),
        (int) Math.max(1, Math.round(image.height() * scale)),
        Interpolation.AREA);
  }
}
