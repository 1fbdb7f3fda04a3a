package io.viewstream.imaging.augment;

/**
 * A row of pixels with the three channels of a pixel as fields of 21 bits in one {@code long}, so
 * that one multiplication weighs all of them. Belongs to one thread.
 *
 * <p>A sum of fields stays within its field: weights have 12 fractional bits and add up to 1, the
 * negative ones of the cubic to no less than -0.25, and an offset of 64 levels keeps every sum
 * positive. Fields borrow from each other while the sum is made, which the whole of it takes back.
 */
final class PackedRow {

  private static final int FIELD_BITS = 21;
  private static final int OFFSET = 64;
  private static final long FIELD_START =
      ((long) OFFSET << FilterTable.PACKED_BITS) + (1L << (FilterTable.PACKED_BITS - 1));
  private static final long START =
      FIELD_START | FIELD_START << FIELD_BITS | FIELD_START << (2 * FIELD_BITS);
  private static final int FIELD_LEVELS = 0x1ff;

  private long[] pixels = new long[0];
  private final long[] sums;

  /** Scales rows to that many pixels. */
  PackedRow(int outputWidth) {
    this.sums = new long[outputWidth];
  }

  /** Takes pixels from interleaved levels. */
  void pack(int[] levels, int count) {
    reserve(count);
    pack(levels, pixels, count);
  }

  /** Takes pixels from interleaved bytes. */
  void pack(byte[] bytes, int count) {
    reserve(count);
    pack(bytes, pixels, count);
  }

  private void reserve(int count) {
    if (pixels.length < count) {
      pixels = new long[count];
    }
  }

  /** Scales the row; each channel's levels from 0 to 255 go to an array of its own. */
  void scale(FilterTable table, boolean mirrored, int[] reds, int[] greens, int[] blues) {
    sum(table, mirrored);
    unpack(sums, reds, 0, sums.length);
    unpack(sums, greens, FIELD_BITS, sums.length);
    unpack(sums, blues, 2 * FIELD_BITS, sums.length);
  }

  private void sum(FilterTable table, boolean mirrored) {
    long[] weights = table.packedWeights();
    int stride = table.stride();
    int last = sums.length - 1;
    for (int x = 0; x <= last; x++) {
      int weight = x * stride;
      long sum = sum(pixels, table.first(x), weights, weight, table.count(x));
      sums[mirrored ? last - x : x] = sum;
    }
  }

  private static long sum(long[] pixels, int pixel, long[] weights, int weight, int count) {
    long sum = START;
    for (int t = 0; t < count; t++) {
      sum += pixels[pixel + t] * weights[weight + t];
    }
    return sum;
  }

  private static void pack(int[] levels, long[] pixels, int count) {
    for (int i = 0; i < count; i++) {
      int at = 3 * i;
      pixels[i] =
          levels[at]
              | (long) levels[at + 1] << FIELD_BITS
              | (long) levels[at + 2] << (2 * FIELD_BITS);
    }
  }

  private static void pack(byte[] bytes, long[] pixels, int count) {
    for (int i = 0; i < count; i++) {
      int at = 3 * i;
      pixels[i] =
          (bytes[at] & 0xff)
              | (bytes[at + 1] & 0xffL) << FIELD_BITS
              | (bytes[at + 2] & 0xffL) << (2 * FIELD_BITS);
    }
  }

  private static void unpack(long[] sums, int[] levels, int shift, int count) {
    for (int i = 0; i < count; i++) {
      int level = ((int) (sums[i] >>> (shift + FilterTable.PACKED_BITS)) & FIELD_LEVELS) - OFFSET;
      levels[i] = Math.max(0, Math.min(255, level));
    }
  }
}
