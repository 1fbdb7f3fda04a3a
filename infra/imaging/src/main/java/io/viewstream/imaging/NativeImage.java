package io.viewstream.imaging;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * A decoded image in the decoder's own memory, to be decoded into again and again: images of one
 * size cost no allocation, and only the rows that somebody reads are copied into the heap. Belongs
 * to one thread, which closes it.
 *
 * <pre>{@code
 * try (NativeImage image = new NativeImage()) {
 *   decoder.decode(content, 1, image);
 *   image.copyRow(0, 0, image.width(), row);
 * }
 * }</pre>
 */
public final class NativeImage implements PixelRows, AutoCloseable {

  private final Mat pixels = new Mat();
  private MemorySegment memory = MemorySegment.NULL;
  private int width;
  private int height;
  private long rowBytes;

  /** An image without pixels; decode into it before reading. */
  public NativeImage() {}

  /** The matrix to decode into; call {@link #taken} afterwards. */
  Mat pixels() {
    return pixels;
  }

  /** Forgets the pixels, whose memory the next decoding may give away, even if it fails. */
  void clear() {
    memory = MemorySegment.NULL;
    width = 0;
    height = 0;
  }

  /** Takes note of what was decoded. */
  void taken() {
    width = pixels.cols();
    height = pixels.rows();
    rowBytes = pixels.step();
    memory = MemorySegment.ofAddress(pixels.data().address()).reinterpret(rowBytes * height);
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public void copyRow(int y, int left, int columns, byte[] target) {
    Objects.checkIndex(y, height);
    Objects.checkFromIndexSize(left, columns, width);
    MemorySegment.copy(
        memory,
        ValueLayout.JAVA_BYTE,
        y * rowBytes + (long) left * RgbImage.CHANNELS,
        target,
        0,
        columns * RgbImage.CHANNELS);
  }

  /** Frees the memory; the image has no pixels afterwards. */
  @Override
  public void close() {
    clear();
    pixels.close();
  }
}
