package io.viewstream.trainer.feed.internal;

import java.util.Arrays;

/** A growing list of ints without a box around each. Not safe for several threads. */
final class IntColumn {

  private static final int FIRST_CAPACITY = 1024;

  private int[] values = new int[FIRST_CAPACITY];
  private int size;

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size + (size >> 1));
    }
    values[size++] = value;
  }

  int get(int index) {
    return values[index];
  }

  void set(int index, int value) {
    values[index] = value;
  }

  int size() {
    return size;
  }
}
