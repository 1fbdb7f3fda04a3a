package io.viewstream.imaging;

import io.viewstream.imaging.internal.JpegStructure;
import io.viewstream.imaging.internal.PngStructure;
import java.nio.ByteBuffer;

/**
 * What an encoded image says of itself: read from a few bytes at its start, without decoding. The
 * size is that of the stored pixels; a rotation that EXIF data ask for is not applied here, nor by
 * {@link ImageDecoder}.
 *
 * @param format encoding of the image
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 */
public record ImageHeader(ImageFormat format, int width, int height) {
  private static final int SHOWN_BYTES = 4;

  /** How many pixels the image has. */
  public long pixels() {
    return (long) width * height;
  }

  /** As {@link #read(ByteBuffer)}. */
  public static ImageHeader read(byte[] content) throws InvalidImageException {
    return read(ByteBuffer.wrap(content));
  }

  /**
   * Reads the header of the image between the buffer's position and limit, which stay as they are.
   * Nothing behind the header is looked at, so a truncated image can pass; see {@link
   * #readComplete}.
   *
   * @throws InvalidImageException when the content is empty, neither JPEG nor PNG, ends within the
   *     header, or is of a kind that no decoder here reads
   */
  public static ImageHeader read(ByteBuffer content) throws InvalidImageException {
    return read(content, false);
  }

  /** As {@link #readComplete(ByteBuffer)}. */
  public static ImageHeader readComplete(byte[] content) throws InvalidImageException {
    return readComplete(ByteBuffer.wrap(content));
  }

  /**
   * Reads the header and walks the structure of the file to its end mark (EOI of a JPEG; IEND of a
   * PNG, with the checksums of its critical chunks), still without decoding. Decoders are lenient
   * with truncated JPEGs and fill the missing part with grey, so this is where those are found.
   * Bytes behind the end mark, which cameras like to add, are ignored.
   *
   * @throws InvalidImageException as {@link #read(ByteBuffer)}, and when the end mark is missing or
   *     a checksum is wrong
   */
  public static ImageHeader readComplete(ByteBuffer content) throws InvalidImageException {
    return read(content, true);
  }

  private static ImageHeader read(ByteBuffer content, boolean complete)
      throws InvalidImageException {
    // A slice is big-endian whatever the buffer's order was, as both formats are.
    ByteBuffer bytes = content.slice();
    if (!bytes.hasRemaining()) {
      throw new InvalidImageException("empty: 0 bytes");
    }
    if (JpegStructure.matches(bytes)) {
      return JpegStructure.read(bytes, complete);
    }
    if (PngStructure.matches(bytes)) {
      return PngStructure.read(bytes, complete);
    }
    throw new InvalidImageException("not a JPEG or PNG image: it starts with " + start(bytes));
  }

  private static String start(ByteBuffer bytes) {
    StringBuilder text = new StringBuilder("bytes");
    for (int i = 0; i < Math.min(bytes.limit(), SHOWN_BYTES); i++) {
      text.append(String.format(" %02x", bytes.get(i)));
    }
    return text.toString();
  }
}
