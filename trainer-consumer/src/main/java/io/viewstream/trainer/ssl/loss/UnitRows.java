package io.viewstream.trainer.ssl.loss;

import ai.djl.ndarray.NDArray;

/** Rows scaled to Euclidean length 1. */
public final class UnitRows {

  /** Below this length a row is divided by this instead, as in torch's {@code normalize}. */
  private static final double SHORTEST = 1e-12;

  private UnitRows() {}

  /**
   * Scales every row.
   *
   * @param rows (n, d) float32
   * @return (n, d), on the manager of {@code rows}
   */
  public static NDArray of(NDArray rows) {
    return rows.normalize(2, 1, SHORTEST);
  }
}
