package io.viewstream.imaging.source.internal;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * One header of a tar archive: 512 bytes in the formats of Unix V7, POSIX (ustar, IEEE Std 1003.1,
 * pax), GNU and star. Only what a reader of plain files needs is looked at.
 *
 * @param name as it stands in this header, with its prefix where the format has one
 * @param sizeBytes size of the data behind the header
 * @param type what kind of entry it is
 * @param extended whether a sparse file's map goes on in the block behind this header
 */
record TarHeader(String name, long sizeBytes, byte type, boolean extended) {
  static final int BYTES = 512;

  static final byte PLAIN_V7 = 0;
  static final byte PLAIN = '0';
  static final byte HARD_LINK = '1';
  static final byte SYMBOLIC_LINK = '2';
  static final byte DIRECTORY = '5';
  static final byte CONTIGUOUS = '7';
  static final byte GNU_LONG_LINK = 'K';
  static final byte GNU_LONG_NAME = 'L';
  static final byte GNU_SPARSE = 'S';
  static final byte PAX = 'x';
  static final byte PAX_OF_SUN = 'X';
  static final byte PAX_GLOBAL = 'g';

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long LOW_BYTES = 0x00ff00ff00ff00ffL;

  private static final int NAME_BYTES = 100;
  private static final int SIZE = 124;
  private static final int NUMBER_BYTES = 12;
  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_BYTES = 8;
  private static final int TYPE = 156;
  private static final int MAGIC = 257;
  private static final int GNU_MAGIC_AT = MAGIC + 5;
  private static final int PREFIX = 345;
  private static final int PREFIX_BYTES = 155;
  private static final int STAR_PREFIX_BYTES = 131;
  private static final int STAR_MAGIC = 508;
  private static final int GNU_EXTENDED = 482;
  private static final int GNU_EXTENSION_EXTENDED = 504;

  /**
   * Reads a header.
   *
   * @param block {@link #BYTES} bytes
   * @throws IOException when its checksum is wrong or a number is none
   */
  static TarHeader parse(byte[] block) throws IOException {
    if (!checksumHolds(block)) {
      throw new IOException("wrong checksum of a header");
    }
    // GNU's older magic is "ustar  "; its header has other things where the prefix would be.
    boolean gnu = block[MAGIC] == 'u' && block[GNU_MAGIC_AT] == ' ';
    String name = text(block, 0, NAME_BYTES);
    if (!gnu && block[PREFIX] != 0) {
      boolean star = text(block, STAR_MAGIC, BYTES - STAR_MAGIC).equals("tar");
      name = text(block, PREFIX, star ? STAR_PREFIX_BYTES : PREFIX_BYTES) + "/" + name;
    }
    return new TarHeader(
        name,
        number(block, SIZE, NUMBER_BYTES),
        block[TYPE],
        block[TYPE] == GNU_SPARSE && block[GNU_EXTENDED] != 0);
  }

  /** Whether a sparse file's map goes on behind a block that is part of it itself. */
  static boolean extensionExtended(byte[] block) {
    return block[GNU_EXTENSION_EXTENDED] != 0;
  }

  /** Whether a block is the mark of the archive's end: nothing but zeros. */
  static boolean isEnd(byte[] block) {
    for (int i = 0; i < BYTES; i += Long.BYTES) {
      if ((long) LONGS.get(block, i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean checksumHolds(byte[] block) throws IOException {
    long pairs = 0;
    for (int i = 0; i < BYTES; i += Long.BYTES) {
      long eightBytes = (long) LONGS.get(block, i);
      // Four sums of 16 bits; the largest that each can reach is 128 × 255.
      pairs += (eightBytes & LOW_BYTES) + ((eightBytes >>> Byte.SIZE) & LOW_BYTES);
    }
    int sum = 0;
    for (; pairs != 0; pairs >>>= Short.SIZE) {
      sum += (int) (pairs & 0xffff);
    }
    // The checksum's own bytes count as blanks.
    int negative = 0;
    for (int i = CHECKSUM; i < CHECKSUM + CHECKSUM_BYTES; i++) {
      sum += ' ' - (block[i] & 0xff);
    }
    long stored = number(block, CHECKSUM, CHECKSUM_BYTES);
    if (stored == sum) {
      return true;
    }
    // Some old programs took bytes for signed numbers.
    for (int i = 0; i < BYTES; i++) {
      negative += block[i] < 0 && (i < CHECKSUM || i >= CHECKSUM + CHECKSUM_BYTES) ? 1 : 0;
    }
    return stored == sum - 256L * negative;
  }

  /** Octal digits between blanks and zero bytes, or GNU's binary number with its first bit set. */
  private static long number(byte[] block, int offset, int length) throws IOException {
    if (block[offset] < 0) {
      return binary(block, offset, length);
    }
    int i = offset;
    int end = offset + length;
    while (i < end && block[i] == ' ') {
      i++;
    }
    long value = 0;
    for (; i < end && block[i] != 0 && block[i] != ' '; i++) {
      if (block[i] < '0' || block[i] > '7') {
        throw new IOException("a header with '" + printable(block[i]) + "' in a number");
      }
      value = (value << 3) | (block[i] - '0');
    }
    return value;
  }

  private static String printable(byte character) {
    return EntryPath.printable(String.valueOf((char) (character & 0xff)));
  }

  private static long binary(byte[] block, int offset, int length) throws IOException {
    long value = block[offset] & 0x7f;
    for (int i = offset + 1; i < offset + length; i++) {
      if (value > Long.MAX_VALUE >>> Byte.SIZE) {
        throw new IOException("a header with a number that no file reaches");
      }
      value = (value << Byte.SIZE) | (block[i] & 0xff);
    }
    return value;
  }

  /** Characters up to the first zero byte. */
  static String text(byte[] bytes, int offset, int length) {
    int end = offset;
    while (end < offset + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, offset, end - offset, StandardCharsets.UTF_8);
  }
}
