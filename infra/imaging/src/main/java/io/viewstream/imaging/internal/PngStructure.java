package io.viewstream.imaging.internal;

import io.viewstream.imaging.ImageFormat;
import io.viewstream.imaging.ImageHeader;
import io.viewstream.imaging.InvalidImageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG file (W3C Portable Network Graphics, section 5): reads IHDR and, if asked,
 * walks to IEND and checks the checksums of the critical chunks on the way.
 */
public final class PngStructure {
  private static final long SIGNATURE = 0x89504e470d0a1a0aL;
  private static final int IHDR = 0x49484452;
  private static final int IDAT = 0x49444154;
  private static final int IEND = 0x49454e44;
  private static final int IHDR_LENGTH = 13;
  private static final int FIRST_CHUNK = 8;

  /** Length, type and checksum of a chunk. */
  private static final int CHUNK_OVERHEAD = 12;

  private final ByteBuffer bytes;
  private final int size;

  private PngStructure(ByteBuffer bytes) {
    this.bytes = bytes;
    this.size = bytes.limit();
  }

  /** Whether the content starts as a PNG does. */
  public static boolean matches(ByteBuffer bytes) {
    return bytes.limit() >= FIRST_CHUNK && bytes.getLong(0) == SIGNATURE;
  }

  /**
   * Reads the header of a content that {@link #matches}.
   *
   * @param bytes big-endian, from index 0 to its limit
   * @param complete whether to walk to the end of the image
   */
  public static ImageHeader read(ByteBuffer bytes, boolean complete) throws InvalidImageException {
    PngStructure structure = new PngStructure(bytes);
    ImageHeader header = structure.header();
    if (complete) {
      structure.walk(header);
    }
    return header;
  }

  /**
   * The same image with its critical chunks alone, or the given buffer if it has no others. Pixels
   * as we decode them need nothing else, and libpng writes a line to the terminal for each odd
   * colour profile or text that it meets.
   *
   * @param content a complete PNG between position and limit, as {@link #read} found it
   */
  public static ByteBuffer criticalChunks(ByteBuffer content) {
    ByteBuffer bytes = content.slice();
    ByteBuffer critical = ByteBuffer.allocate(bytes.limit());
    critical.putLong(SIGNATURE);
    int position = FIRST_CHUNK;
    int type = 0;
    while (type != IEND) {
      int size = bytes.getInt(position) + CHUNK_OVERHEAD;
      type = bytes.getInt(position + 4);
      if (isCritical(type)) {
        critical.put(bytes.slice(position, size));
      }
      position += size;
    }
    return critical.position() == position ? content : critical.flip();
  }

  private ImageHeader header() throws InvalidImageException {
    if (size < FIRST_CHUNK + CHUNK_OVERHEAD + IHDR_LENGTH) {
      throw new InvalidImageException(
          "truncated PNG: ends after %d bytes, within its header".formatted(size));
    }
    if (bytes.getInt(FIRST_CHUNK) != IHDR_LENGTH || bytes.getInt(FIRST_CHUNK + 4) != IHDR) {
      throw new InvalidImageException("damaged PNG: it does not start with a header chunk (IHDR)");
    }
    int width = bytes.getInt(FIRST_CHUNK + 8);
    int height = bytes.getInt(FIRST_CHUNK + 12);
    if (width < 1 || height < 1) {
      throw new InvalidImageException(
          "PNG of %d×%d pixels"
              .formatted(Integer.toUnsignedLong(width), Integer.toUnsignedLong(height)));
    }
    return new ImageHeader(ImageFormat.PNG, width, height);
  }

  private void walk(ImageHeader header) throws InvalidImageException {
    CRC32 checksum = new CRC32();
    boolean data = false;
    int position = FIRST_CHUNK;
    while (true) {
      if (size - position < CHUNK_OVERHEAD) {
        throw truncated(header);
      }
      int length = bytes.getInt(position);
      if (length < 0 || length > size - position - CHUNK_OVERHEAD) {
        throw truncated(header);
      }
      int type = bytes.getInt(position + 4);
      if (isCritical(type)) {
        checksum.reset();
        checksum.update(bytes.slice(position + 4, length + 4));
        if ((int) checksum.getValue() != bytes.getInt(position + 8 + length)) {
          throw new InvalidImageException(
              "damaged PNG: wrong checksum of the chunk %s at byte %d"
                  .formatted(name(position + 4), position));
        }
      }
      data |= type == IDAT;
      if (type == IEND) {
        if (!data) {
          throw new InvalidImageException("PNG without picture data (no IDAT chunk)");
        }
        return;
      }
      position += length + CHUNK_OVERHEAD;
    }
  }

  /** Bit 5 of a chunk's first letter is 0 (upper case) when a decoder cannot do without it. */
  private static boolean isCritical(int type) {
    return (type & 0x20000000) == 0;
  }

  private String name(int position) {
    byte[] letters = new byte[4];
    bytes.get(position, letters);
    String name = new String(letters, StandardCharsets.ISO_8859_1);
    return name.chars().allMatch(c -> c >= 'A' && c <= 'z') ? name : "of unknown type";
  }

  private InvalidImageException truncated(ImageHeader header) {
    return new InvalidImageException(
        "truncated PNG: %d×%d pixels by its header, but ends after %d bytes without an end mark"
            .formatted(header.width(), header.height(), size));
  }
}
