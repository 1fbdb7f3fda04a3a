package io.viewstream.imaging.internal;

import io.viewstream.imaging.ImageFormat;
import io.viewstream.imaging.ImageHeader;
import io.viewstream.imaging.InvalidImageException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The markers of a JPEG file (ITU-T T.81, annex B): finds the frame header and, if asked, the end
 * of the image. Segments are skipped by their length, so the marks inside an EXIF thumbnail do not
 * count. One pass, no memory; like the decoders it is lenient about stray bytes between segments.
 */
public final class JpegStructure {
  private static final int SOI = 0xd8;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int DHT = 0xc4;
  private static final int JPG = 0xc8;
  private static final int DAC = 0xcc;
  private static final int TEM = 0x01;

  private final ByteBuffer bytes;
  private final int size;

  private JpegStructure(ByteBuffer bytes) {
    this.bytes = bytes;
    this.size = bytes.limit();
  }

  /** Whether the content starts as a JPEG does. */
  public static boolean matches(ByteBuffer bytes) {
    return bytes.limit() >= 3
        && (bytes.get(0) & 0xff) == 0xff
        && (bytes.get(1) & 0xff) == SOI
        && (bytes.get(2) & 0xff) == 0xff;
  }

  /**
   * Reads the header of a content that {@link #matches}.
   *
   * @param bytes big-endian, from index 0 to its limit
   * @param complete whether to walk to the end of the image
   */
  public static ImageHeader read(ByteBuffer bytes, boolean complete) throws InvalidImageException {
    return new JpegStructure(bytes).read(complete);
  }

  private ImageHeader read(boolean complete) throws InvalidImageException {
    ImageHeader header = null;
    boolean scanned = false;
    int position = 2;
    while (true) {
      position = nextMarker(position, header);
      int marker = unsigned(position + 1);
      position += 2;
      if (marker == EOI) {
        if (header == null || !scanned) {
          throw new InvalidImageException(
              "JPEG without an image: its end mark comes before any picture data");
        }
        return header;
      }
      if (marker == SOI || marker == TEM) {
        continue;
      }
      if (position + 2 > size) {
        throw truncated(header);
      }
      int length = bytes.getShort(position) & 0xffff;
      if (length < 2) {
        throw new InvalidImageException(
            "damaged JPEG: a segment at byte %d has length %d".formatted(position - 2, length));
      }
      if (position + length > size) {
        throw truncated(header);
      }
      if (isFrameHeader(marker) && header == null) {
        header = frameHeader(marker, position, length);
        if (!complete) {
          return header;
        }
      }
      scanned |= marker == SOS;
      position += length;
    }
  }

  /**
   * Position of the next marker's 0xff at or behind a position. Within picture data a 0xff is
   * followed by 0 when it is data and by a restart mark between intervals.
   */
  private int nextMarker(int from, @Nullable ImageHeader header) throws InvalidImageException {
    for (int i = from; i + 1 < size; i++) {
      // Picture data has a 0xff every few hundred bytes: eight bytes without one go at once.
      while (i + Long.BYTES < size && hasNoFf(bytes.getLong(i))) {
        i += Long.BYTES;
      }
      if (bytes.get(i) == (byte) 0xff) {
        int next = unsigned(i + 1);
        if (next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7)) {
          return i;
        }
      }
    }
    throw truncated(header);
  }

  /** Whether none of eight bytes is 0xff, that is, whether no byte of the complement is zero. */
  private static boolean hasNoFf(long eightBytes) {
    long complement = ~eightBytes;
    return ((complement - 0x0101010101010101L) & eightBytes & 0x8080808080808080L) == 0;
  }

  private static boolean isFrameHeader(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != DHT && marker != JPG && marker != DAC;
  }

  private ImageHeader frameHeader(int marker, int position, int length)
      throws InvalidImageException {
    // 0xc0 to 0xc2 are Huffman-coded, 0xc9 and 0xca arithmetic-coded; others lossless,
    // hierarchical.
    if (marker > 0xc2 && marker != 0xc9 && marker != 0xca) {
      throw new InvalidImageException(
          "JPEG of a kind that is not supported (frame type SOF%d; SOF0, 1, 2, 9 and 10 are)"
              .formatted(marker - 0xc0));
    }
    if (length < 8) {
      throw new InvalidImageException("damaged JPEG: frame header of " + length + " bytes");
    }
    int precision = unsigned(position + 2);
    int height = bytes.getShort(position + 3) & 0xffff;
    int width = bytes.getShort(position + 5) & 0xffff;
    int components = unsigned(position + 7);
    if (precision != 8) {
      throw new InvalidImageException(
          "JPEG with %d bits per channel; only 8 are supported".formatted(precision));
    }
    if (width == 0 || height == 0) {
      throw new InvalidImageException("JPEG of %d×%d pixels".formatted(width, height));
    }
    if (components != 1 && components != 3 && components != 4) {
      throw new InvalidImageException(
          "JPEG with %d channels; 1, 3 and 4 are supported".formatted(components));
    }
    return new ImageHeader(ImageFormat.JPEG, width, height);
  }

  private InvalidImageException truncated(@Nullable ImageHeader header) {
    return new InvalidImageException(
        header == null
            ? "truncated JPEG: ends after %d bytes, within its header".formatted(size)
            : "truncated JPEG: %d×%d pixels by its header, but ends after %d bytes without an end mark"
                .formatted(header.width(), header.height(), size));
  }

  private int unsigned(int position) {
    return bytes.get(position) & 0xff;
  }
}
