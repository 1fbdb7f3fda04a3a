package io.viewstream.imaging;

/**
 * A decoded image that is read row by row, wherever its pixels lie: 8 bits per channel, three
 * interleaved channels in the order red, green, blue.
 */
public interface PixelRows {

  /** Width in pixels, at least 1. */
  int width();

  /** Height in pixels, at least 1. */
  int height();

  /**
   * Copies a part of one row.
   *
   * @param y row, from the top
   * @param left first column
   * @param columns how many pixels
   * @param target gets {@code columns * 3} bytes from its index 0 on
   * @throws IndexOutOfBoundsException if the part lies outside the image
   */
  void copyRow(int y, int left, int columns, byte[] target);
}
