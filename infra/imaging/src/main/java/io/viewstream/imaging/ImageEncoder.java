package io.viewstream.imaging;

import io.viewstream.imaging.internal.OpenCv;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Makes JPEG and PNG bytes of pixels. The same pixels give the same bytes on the same build. Any
 * number of threads may encode at once.
 */
public final class ImageEncoder {
  private ImageEncoder() {}

  /** PNG, 8-bit RGB, lossless. */
  public static byte[] png(RgbImage image) {
    return encode(image, ".png");
  }

  /**
   * JPEG, baseline, with chroma in full resolution (4:4:4): at the sizes that models train on,
   * halved chroma shows, and views are often small.
   *
   * @param quality from 1 to 100 on libjpeg's scale
   * @throws IllegalArgumentException for another quality, or a side above JPEG's limit of 65,535
   */
  public static byte[] jpeg(RgbImage image, int quality) {
    if (quality < 1 || quality > 100) {
      throw new IllegalArgumentException("JPEG quality of " + quality + " is not in [1, 100]");
    }
    if (image.width() > 0xffff || image.height() > 0xffff) {
      throw new IllegalArgumentException(image + " is larger than a JPEG can be (65535 a side)");
    }
    return encode(
        image,
        ".jpg",
        opencv_imgcodecs.IMWRITE_JPEG_QUALITY,
        quality,
        opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR,
        opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_444);
  }

  private static byte[] encode(RgbImage image, String extension, int... settings) {
    try (PointerScope scope = new PointerScope()) {
      Mat pixels = OpenCv.of(image);
      // imencode expects blue first, and knows no flag for another order as imdecode does.
      opencv_imgproc.cvtColor(pixels, pixels, opencv_imgproc.COLOR_RGB2BGR);
      BytePointer encoded = new BytePointer();
      boolean done =
          opencv_imgcodecs.imencode(
              new BytePointer(extension), pixels, encoded, new IntPointer(settings));
      if (!done) {
        throw new IllegalStateException("OpenCV could not encode " + image + " as " + extension);
      }
      byte[] bytes = new byte[Math.toIntExact(encoded.limit())];
      encoded.get(bytes);
      return bytes;
    }
  }
}
