package io.viewstream.imaging.augment;

/**
 * A scratch image whose arrays are used again for image after image: a row of one channel is an
 * array of its own, with one {@code int} in 0..255 per value. It grows when it must and never
 * shrinks. Belongs to one thread.
 *
 * <p>Rows are arrays of their own, and loops run over one index from 0, because the JIT compiler
 * vectorises such loops only: where arrays are read and written at different offsets it cannot rule
 * out that they overlap.
 */
public final class PlanarImage {

  private static final int CHANNELS = 3;

  private int width;
  private int height;
  private int[][] rows = new int[0][];

  /** Sets the size in pixels; the content is undefined afterwards. */
  public void resize(int newWidth, int newHeight) {
    width = newWidth;
    height = newHeight;
    if (rows.length < CHANNELS * newHeight) {
      int[][] more = new int[CHANNELS * newHeight][];
      System.arraycopy(rows, 0, more, 0, rows.length);
      rows = more;
    }
    for (int i = 0; i < CHANNELS * newHeight; i++) {
      if (rows[i] == null || rows[i].length < newWidth) {
        rows[i] = new int[newWidth];
      }
    }
  }

  /** Width in pixels. */
  public int width() {
    return width;
  }

  /** Height in pixels. */
  public int height() {
    return height;
  }

  /**
   * One row of one channel, to read and write. The array may be longer than the row, and another
   * one after {@link #resize} and {@link #swap}.
   *
   * @param channel 0 red, 1 green, 2 blue
   * @param y row, from the top
   */
  public int[] row(int channel, int y) {
    return rows[channel * height + y];
  }

  /** Exchanges size and content with another image, without a copy. */
  public void swap(PlanarImage other) {
    int otherWidth = other.width;
    int otherHeight = other.height;
    int[][] otherRows = other.rows;
    other.width = width;
    other.height = height;
    other.rows = rows;
    width = otherWidth;
    height = otherHeight;
    rows = otherRows;
  }
}
