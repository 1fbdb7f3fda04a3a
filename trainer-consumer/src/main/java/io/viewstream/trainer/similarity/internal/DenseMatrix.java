package io.viewstream.trainer.similarity.internal;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dgesdd;
import static org.bytedeco.openblas.global.openblas.LAPACK_ROW_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;

import java.util.Arrays;

/** A matrix of float64 that grows by products. Not thread-safe. */
public final class DenseMatrix {

  private static final byte NO_VECTORS = 'N';

  private final int rows;
  private final int columns;
  private final double[] values;

  /**
   * Zeros.
   *
   * @throws IllegalArgumentException if it would not fit into one array
   */
  public DenseMatrix(int rows, int columns) {
    long size = (long) rows * columns;
    if (rows < 1 || columns < 1 || size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "A matrix of %d x %d values cannot be held".formatted(rows, columns));
    }
    this.rows = rows;
    this.columns = columns;
    this.values = new double[(int) size];
  }

  /**
   * Adds left' right.
   *
   * @param left row-major (count, rows of this)
   * @param right row-major (count, columns of this)
   */
  public void addTransposedProduct(double[] left, double[] right, int count) {
    if (left.length != count * rows || right.length != count * columns) {
      throw new IllegalArgumentException(
          "%d and %d values are not %d rows of %d and %d"
              .formatted(left.length, right.length, count, rows, columns));
    }
    cblas_dgemm(
        CblasRowMajor,
        CblasTrans,
        CblasNoTrans,
        rows,
        columns,
        count,
        1,
        left,
        rows,
        right,
        columns,
        1,
        values,
        columns);
  }

  /** Subtracts factor · left right' of two columns of numbers. */
  public void subtractOuterProduct(double factor, double[] left, double[] right) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        values[row * columns + column] -= factor * left[row] * right[column];
      }
    }
  }

  /** The sum of the diagonal. */
  public double trace() {
    double sum = 0;
    for (int i = 0; i < Math.min(rows, columns); i++) {
      sum += values[i * columns + i];
    }
    return sum;
  }

  /** The root of the sum of squares. */
  public double frobeniusNorm() {
    return Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
  }

  /** The sum of the singular values. */
  public double nuclearNorm() {
    return Arrays.stream(singularValues()).sum();
  }

  /** The singular values, largest first. */
  public double[] singularValues() {
    double[] singular = new double[Math.min(rows, columns)];
    int status =
        LAPACKE_dgesdd(
            LAPACK_ROW_MAJOR,
            NO_VECTORS,
            rows,
            columns,
            values.clone(),
            columns,
            singular,
            new double[1],
            rows,
            new double[1],
            columns);
    if (status != 0) {
      throw new ArithmeticException(
          "The singular values of a matrix of %d x %d values did not converge (status %d)"
              .formatted(rows, columns, status));
    }
    return singular;
  }
}
