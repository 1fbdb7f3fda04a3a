package io.viewstream.imaging.source.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * One header of a tar archive: a record of 512 bytes, as POSIX.1-1988 (ustar) and GNU tar write it.
 *
 * @param name as it is in the header, with ustar's prefix in front
 * @param type the type flag, such as {@code '0'} for a file
 * @param sizeBytes how many bytes of content follow, before padding
 * @param extended whether a map of holes goes on in the next record (old GNU sparse files)
 */
record TarHeader(String name, char type, long sizeBytes, boolean extended) {
  static final int RECORD_BYTES = 512;

  private static final int NAME_BYTES = 100;
  private static final int SIZE = 124;
  private static final int NUMBER_BYTES = 12;
  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_BYTES = 8;
  private static final int TYPE = 156;
  private static final int MAGIC = 257;
  private static final int PREFIX = 345;
  private static final int PREFIX_BYTES = 155;
  private static final int OLD_SPARSE_EXTENDED = 482;

  /** Whether a record is all zeros, which ends an archive. */
  static boolean isEnd(byte[] record) {
    for (byte value : record) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads a header.
   *
   * @throws IOException when the record is none
   */
  static TarHeader parse(byte[] record) throws IOException {
    checkSum(record);
    String name = text(record, 0, NAME_BYTES);
    // GNU's own magic is "ustar  "; where ustar has the prefix, it has times.
    boolean ustar = text(record, MAGIC, 6).equals("ustar");
    String prefix = ustar ? text(record, PREFIX, PREFIX_BYTES) : "";
    char type = record[TYPE] == 0 ? '0' : (char) (record[TYPE] & 0xff);
    return new TarHeader(
        prefix.isEmpty() ? name : prefix + "/" + name,
        type,
        number(record, SIZE, NUMBER_BYTES),
        type == 'S' && record[OLD_SPARSE_EXTENDED] != 0);
  }

  /** Text up to the first zero byte; bytes that are no UTF-8 become the replacement character. */
  static String text(byte[] bytes, int from, int length) {
    int end = from;
    while (end < from + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }

  private static void checkSum(byte[] record) throws IOException {
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < RECORD_BYTES; i++) {
      boolean own = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_BYTES;
      unsigned += own ? ' ' : record[i] & 0xff;
      signed += own ? ' ' : record[i];
    }
    long stated = number(record, CHECKSUM, CHECKSUM_BYTES);
    // Some old programs added up signed bytes.
    if (stated != unsigned && stated != signed) {
      throw new IOException("wrong checksum of a header");
    }
  }

  /** A number in octal digits, or in binary where the first bit is set. */
  private static long number(byte[] record, int from, int length) throws IOException {
    if ((record[from] & 0x80) != 0) {
      long value = 0;
      for (int i = from + 1; i < from + length; i++) {
        if (value >>> 54 != 0) {
          throw new IOException("number out of range in a header");
        }
        value = value << 8 | (record[i] & 0xff);
      }
      // 0x80 marks a positive number, 0xff a negative one; nothing lies between.
      if (record[from] != (byte) 0x80) {
        throw new IOException("number out of range in a header");
      }
      return value;
    }
    String digits = text(record, from, length).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseUnsignedLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new IOException("'" + EntryPath.printable(digits) + "' is no number in a header", e);
    }
  }
}
