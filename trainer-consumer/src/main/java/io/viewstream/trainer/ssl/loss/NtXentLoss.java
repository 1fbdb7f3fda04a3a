package io.viewstream.trainer.ssl.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * SimCLR's normalised temperature-scaled cross-entropy. With the 2n rows of both views scaled to
 * unit length, every row i is an anchor whose positive p(i) is the same image's other view and
 * whose negatives are the 2n − 2 others:
 *
 * <pre>
 *   ℓ(i) = −log( exp(zᵢ·z_p(i) / τ) / Σ_{k≠i} exp(zᵢ·z_k / τ) ),   loss = mean of ℓ over all 2n anchors
 * </pre>
 *
 * The sum is taken as a log-softmax, which subtracts each row's maximum, so that small temperatures
 * do not overflow; a row is kept out of its own sum by a logit of −1e9, whose exponential is
 * exactly zero in float32.
 *
 * @param temperature τ, greater than 0
 * @see <a href="https://arxiv.org/abs/2002.05709">Chen et al. 2020, SimCLR, equation 1</a>
 */
public record NtXentLoss(double temperature) {

  private static final float EXCLUDED = -1e9f;

  /** Checks the temperature. */
  public NtXentLoss {
    Temperatures.requirePositive(temperature);
  }

  /**
   * The loss of one batch.
   *
   * @param first (n, d) float32, projections of the first views, of any length
   * @param second (n, d) float32, projections of the second views; row i is of the same image as
   *     row i of {@code first}
   * @return a scalar
   */
  public NDArray loss(NDArray first, NDArray second) {
    long n = first.getShape().get(0);
    NDArray rows = UnitRows.of(NDArrays.concat(new NDList(first, second), 0));
    NDArray self = rows.getManager().eye((int) (2 * n)).mul(Scalar.beside(rows, EXCLUDED));
    NDArray logits = rows.matMul(rows.transpose()).div(Scalar.beside(rows, temperature)).add(self);
    NDArray positives = logits.logSoftmax(1).gather(positiveOf(rows, n), 1);
    return positives.mean().neg();
  }

  /** (2n, 1) int64: the row of each row's positive. */
  private static NDArray positiveOf(NDArray rows, long n) {
    return rows.getManager()
        .arange(0, (int) (2 * n), 1, DataType.INT64)
        .add(n)
        .mod(2 * n)
        .reshape(new Shape(2 * n, 1));
  }
}
