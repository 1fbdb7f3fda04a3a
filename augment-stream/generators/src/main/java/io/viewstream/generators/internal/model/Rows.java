package io.viewstream.generators.internal.model;

import io.viewstream.generators.GenerationFailedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The rows of a batch as an engine takes and gives them: one after the other in one array. */
final class Rows {

  private Rows() {}

  /**
   * Rows in one array.
   *
   * @param rows of this length each
   * @param batch at least the number of rows; what is missing is zero
   */
  static float[] stack(List<float[]> rows, int batch, int length) {
    float[] stacked = new float[batch * length];
    for (int row = 0; row < rows.size(); row++) {
      System.arraycopy(rows.get(row), 0, stacked, row * length, length);
    }
    return stacked;
  }

  /**
   * The first rows of an array.
   *
   * @param rows how many
   * @param batch rows that the array has
   * @param length each row must have
   * @throws GenerationFailedException the array has another length
   */
  static List<float[]> unstack(float[] stacked, int rows, int batch, int length) {
    if (stacked.length != (long) batch * length) {
      throw new GenerationFailedException(
          "A network gave %d numbers for a batch of %d, must be %d each"
              .formatted(stacked.length, batch, length));
    }
    List<float[]> unstacked = new ArrayList<>(rows);
    for (int row = 0; row < rows; row++) {
      unstacked.add(Arrays.copyOfRange(stacked, row * length, (row + 1) * length));
    }
    return unstacked;
  }
}
