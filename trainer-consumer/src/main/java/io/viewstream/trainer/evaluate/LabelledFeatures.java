package io.viewstream.trainer.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Features of images with the images' classes.
 *
 * @param values row-major, (count, dimension); not to be modified
 * @param dimension features of one image, at least 1
 * @param labels class of each image, from 0; not to be modified
 */
@SuppressWarnings("ArrayRecordComponent") // Features of many images; copied by nobody.
public record LabelledFeatures(float[] values, int dimension, int[] labels) {

  /** Checks that there is a label for each row. */
  public LabelledFeatures {
    if (dimension < 1 || values.length != (long) labels.length * dimension) {
      throw new IllegalArgumentException(
          "%d values are not %d rows of %d features"
              .formatted(values.length, labels.length, dimension));
    }
  }

  /** Images. */
  public int count() {
    return labels.length;
  }

  /**
   * The rows from one (inclusive) to another (exclusive) as a tensor, (to − from, dimension)
   * float32.
   */
  NDArray rows(NDManager manager, int from, int to) {
    return manager.create(
        Arrays.copyOfRange(values, from * dimension, to * dimension),
        new Shape(to - from, dimension));
  }

  /** The rows at some positions as a tensor, (positions, dimension) float32. */
  NDArray rows(NDManager manager, int[] positions) {
    float[] chosen = new float[positions.length * dimension];
    for (int i = 0; i < positions.length; i++) {
      System.arraycopy(values, positions[i] * dimension, chosen, i * dimension, dimension);
    }
    return manager.create(chosen, new Shape(positions.length, dimension));
  }
}
