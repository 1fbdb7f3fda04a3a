package io.viewstream.trainer.feed.internal;

import java.util.Arrays;

/**
 * A growing table of longs whose rows lie in one piece of memory each, so that looking at several
 * fields of a row that was met by chance costs one access to memory and not several. Growing copies
 * no row. Not safe for several threads.
 */
final class LongRows {

  private static final int CHUNK_SHIFT = 11;
  private static final int CHUNK_ROWS = 1 << CHUNK_SHIFT;

  private final int width;
  private long[][] chunks = {};
  private int size;

  /**
   * An empty table.
   *
   * @param width fields of a row
   */
  LongRows(int width) {
    this.width = width;
  }

  /** Adds a row of zeros and gives its number. */
  int add() {
    int chunk = size >>> CHUNK_SHIFT;
    if (chunk == chunks.length) {
      chunks = Arrays.copyOf(chunks, chunk + 1);
      chunks[chunk] = new long[CHUNK_ROWS * width];
    }
    return size++;
  }

  long get(int row, int field) {
    return chunks[row >>> CHUNK_SHIFT][place(row, field)];
  }

  void set(int row, int field, long value) {
    chunks[row >>> CHUNK_SHIFT][place(row, field)] = value;
  }

  private int place(int row, int field) {
    return (row & (CHUNK_ROWS - 1)) * width + field;
  }

  /** Number of rows. */
  int size() {
    return size;
  }
}
