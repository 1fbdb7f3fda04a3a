package io.viewstream.generators.internal.model;

import io.viewstream.generators.DeviceFailedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batch sizes that a model is called with. A shorter batch is padded to the next of them, so
 * that an engine meets few shapes and each was checked.
 *
 * <p>Engines are known to give wrong rows, or rows that depend on their neighbours, at some batch
 * sizes. So every size is tried once when a model is opened: equal inputs must give rows that are
 * equal to the bit, as a view is to depend on its own source and seed and not on its place in a
 * batch, and every row must be, within a tolerance, the one that a reference gives alone.
 *
 * @param sizes ascending, at least one
 */
public record BatchBuckets(List<Integer> sizes) {

  private static final Logger LOGGER = LoggerFactory.getLogger(BatchBuckets.class);

  /**
   * How far rows may be from the reference, relative to one plus the size of the number: far above
   * rounding, far below another image.
   *
   * @param precision of the weights and of the arithmetic
   */
  static double tolerance(Manifest.Precision precision) {
    return switch (precision) {
      case FLOAT32 -> 2e-3;
      // A rounding of 2⁻¹¹ at each of some hundred layers.
      case FLOAT16 -> 4e-2;
    };
  }

  /** A model as the check sees it: rows in, rows out. */
  @FunctionalInterface
  public interface RowFunction {
    /**
     * Runs the model.
     *
     * @param rows as many as the bucket has
     * @return one row each
     */
    List<float[]> apply(List<float[]> rows);
  }

  public BatchBuckets {
    sizes = List.copyOf(sizes);
    if (sizes.isEmpty()) {
      throw new IllegalArgumentException("No batch size");
    }
  }

  /** The smallest size for this many rows; the largest of all if there are more. */
  public int sizeFor(int rows) {
    for (int size : sizes) {
      if (size >= rows) {
        return size;
      }
    }
    return largest();
  }

  /** The largest size. */
  public int largest() {
    return sizes.getLast();
  }

  /**
   * The sizes that pass the check; the others are left out with a warning.
   *
   * @param name of the generator, for the warning
   * @param tolerance see {@link #tolerance}
   * @param model under check
   * @param reference gives the row that is right for a batch of one
   * @param first an input row
   * @param second another input row
   * @throws DeviceFailedException no size passes
   */
  public BatchBuckets checked(
      String name,
      double tolerance,
      RowFunction model,
      RowFunction reference,
      float[] first,
      float[] second) {
    float[] firstResult = reference.apply(List.of(first)).getFirst();
    float[] secondResult = reference.apply(List.of(second)).getFirst();
    List<Integer> passed = new ArrayList<>();
    for (int size : sizes) {
      List<float[]> rows = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        rows.add(i % 2 == 0 ? first : second);
      }
      List<float[]> results = model.apply(rows);
      double error = 0;
      boolean equal = true;
      for (int i = 0; i < size; i++) {
        error = Math.max(error, error(results.get(i), i % 2 == 0 ? firstResult : secondResult));
        equal &= Arrays.equals(results.get(i), results.get(i % 2));
      }
      LOGGER.debug("Generator {} at batch {}: error {}, equal rows {}", name, size, error, equal);
      if (error > tolerance) {
        LOGGER.warn(
            "Generator {} is not used at batch {}: its rows differ from the reference by {}, the"
                + " limit is {}; check the engine's version",
            name,
            size,
            error,
            tolerance);
      } else if (!equal) {
        LOGGER.warn(
            "Generator {} is not used at batch {}: equal inputs do not give equal rows, so a view"
                + " would depend on its place in the batch; check the engine's version",
            name,
            size);
      } else {
        passed.add(size);
      }
    }
    if (passed.isEmpty()) {
      throw new DeviceFailedException(
          "Generator %s fails its check at every batch size of %s, see the warnings; try another engine"
              .formatted(name, sizes));
    }
    return new BatchBuckets(passed);
  }

  /** What is a number in one and none, or infinite, in the other counts as infinite. */
  private static double error(float[] actual, float[] expected) {
    if (actual.length != expected.length) {
      return Double.POSITIVE_INFINITY;
    }
    double error = 0;
    for (int i = 0; i < actual.length; i++) {
      if (Float.isFinite(actual[i]) && Float.isFinite(expected[i])) {
        double difference = Math.abs((double) actual[i] - expected[i]);
        error = Math.max(error, difference / (1 + Math.abs(expected[i])));
      } else if (Float.compare(actual[i], expected[i]) != 0) {
        return Double.POSITIVE_INFINITY;
      }
    }
    return error;
  }
}
