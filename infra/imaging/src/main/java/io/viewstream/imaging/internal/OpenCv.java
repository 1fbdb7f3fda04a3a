package io.viewstream.imaging.internal;

import io.viewstream.imaging.RgbImage;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * The way into and out of OpenCV's memory. Every method expects the caller to have a {@link
 * org.bytedeco.javacpp.PointerScope} open, which owns what is made here.
 */
public final class OpenCv {
  static {
    // One image per thread of ours is faster than several threads per image, and shares cores
    // better.
    opencv_core.setNumThreads(1);
  }

  /** OpenCV's code for no memory, -4, and what the C++ library says itself. */
  private static final Pattern NO_MEMORY = Pattern.compile("\\(-4:|bad_alloc");

  private OpenCv() {}

  /**
   * Tells a want of memory from other failures of OpenCV, whose exceptions are all of one class.
   *
   * @throws OutOfMemoryError if that was the cause
   */
  public static void requireMemory(RuntimeException failure) {
    String message = String.valueOf(failure.getMessage());
    if (NO_MEMORY.matcher(message).find()) {
      OutOfMemoryError error =
          new OutOfMemoryError(
              "Memory outside the heap: " + message.strip().replaceAll("\\s+", " "));
      error.initCause(failure);
      throw error;
    }
  }

  /** The remaining bytes as one row; a direct buffer is used in place, another one copied. */
  public static Mat row(ByteBuffer content) {
    int size = content.remaining();
    BytePointer pointer;
    if (content.isDirect()) {
      // Slicing first, since a pointer made of a buffer starts at its position but knows no limit.
      pointer = new BytePointer(content.slice());
    } else if (content.hasArray()) {
      pointer = new BytePointer(size);
      pointer.put(content.array(), content.arrayOffset() + content.position(), size);
    } else {
      byte[] copy = new byte[size];
      content.get(content.position(), copy);
      pointer = new BytePointer(copy);
    }
    return new Mat(1, size, opencv_core.CV_8UC1, pointer);
  }

  /** The image's pixels in OpenCV's memory, channels in the order red, green, blue. */
  public static Mat of(RgbImage image) {
    Mat mat = new Mat(image.height(), image.width(), opencv_core.CV_8UC3);
    // Memory that OpenCV allocates itself for a matrix has no gaps between rows.
    mat.data().put(image.pixels(), 0, image.pixels().length);
    return mat;
  }

  /** The image in a matrix of 8 bits and three channels in the order red, green, blue. */
  public static RgbImage image(Mat mat) {
    if (mat.type() != opencv_core.CV_8UC3 || !mat.isContinuous()) {
      throw new IllegalArgumentException("Matrix of type " + mat.type() + " is no RGB image");
    }
    byte[] pixels =
        new byte[Math.multiplyExact(Math.multiplyExact(mat.rows(), mat.cols()), RgbImage.CHANNELS)];
    mat.data().get(pixels, 0, pixels.length);
    return new RgbImage(mat.cols(), mat.rows(), pixels);
  }
}
