package io.viewstream.imaging.augment;

/**
 * The rows that a filter over columns needs at one time, as floats, and their weighted sums. Rows
 * are set in ascending order; each takes the place of one that no later sum needs. Belongs to one
 * thread.
 *
 * <p>Values are kept less 128: bytes become signed by one inverted bit, and the conversion of
 * signed bytes to floats is one that the JIT compiler vectorises. Since weights add up to 1, a sum
 * is too low by 128 as well.
 */
final class RowWindow {

  private static final int MIDDLE = 128;
  private static final float MIDDLE_AND_HALF = MIDDLE + 0.5f;

  private int rowCount;
  private int values;
  private float[][] rows = new float[0][];
  private float[] sums = new float[0];

  /** Starts over, for so many rows at one time with so many values each. */
  void begin(int newRowCount, int newValues) {
    rowCount = newRowCount;
    values = newValues;
    if (rows.length < rowCount || sums.length < values) {
      int length = Math.max(values, sums.length);
      rows = new float[Math.max(rowCount, rows.length)][length];
      sums = new float[length];
    }
  }

  /** Takes a row of bytes, which become signed. */
  void set(int row, byte[] bytes) {
    float[] target = rows[row % rowCount];
    sign(bytes, values);
    convert(bytes, target, values);
  }

  /** Takes a row of levels from 0 to 255. */
  void set(int row, int[] levels) {
    convert(levels, rows[row % rowCount], values);
  }

  /** The weighted sum of rows for one output, as levels from 0 to 255. */
  void sum(FilterTable table, int output, int[] target) {
    float[] weights = table.weights();
    int weight = output * table.stride();
    int row = table.first(output);
    int end = row + table.count(output);
    fill(sums, values);
    for (; row + 4 <= end; row += 4, weight += 4) {
      add(
          row(row),
          row(row + 1),
          row(row + 2),
          row(row + 3),
          weights[weight],
          weights[weight + 1],
          weights[weight + 2],
          weights[weight + 3],
          sums,
          values);
    }
    for (; row < end; row++, weight++) {
      add(row(row), weights[weight], sums, values);
    }
    clip(sums, target, values);
  }

  private float[] row(int row) {
    return rows[row % rowCount];
  }

  private static void sign(byte[] bytes, int count) {
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (bytes[i] ^ MIDDLE);
    }
  }

  private static void convert(byte[] signed, float[] target, int count) {
    for (int i = 0; i < count; i++) {
      target[i] = signed[i];
    }
  }

  private static void convert(int[] levels, float[] target, int count) {
    for (int i = 0; i < count; i++) {
      target[i] = levels[i] - MIDDLE;
    }
  }

  private static void fill(float[] sums, int count) {
    for (int i = 0; i < count; i++) {
      sums[i] = MIDDLE_AND_HALF;
    }
  }

  private static void add(
      float[] a,
      float[] b,
      float[] c,
      float[] d,
      float weightA,
      float weightB,
      float weightC,
      float weightD,
      float[] sums,
      int count) {
    for (int i = 0; i < count; i++) {
      sums[i] = sums[i] + a[i] * weightA + b[i] * weightB + c[i] * weightC + d[i] * weightD;
    }
  }

  private static void add(float[] a, float weight, float[] sums, int count) {
    for (int i = 0; i < count; i++) {
      sums[i] += a[i] * weight;
    }
  }

  private static void clip(float[] sums, int[] levels, int count) {
    for (int i = 0; i < count; i++) {
      levels[i] = Math.max(0, Math.min(255, (int) sums[i]));
    }
  }
}
