package io.viewstream.trainer.ssl.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;

/**
 * MoCo's loss: cross-entropy of picking a query's own key out of that key and a queue of earlier
 * ones, with logits query·key / τ. Keys and queue get no gradient.
 *
 * @param temperature τ, greater than 0
 * @see <a href="https://arxiv.org/abs/1911.05722">He et al. 2019, MoCo, equation 1</a>
 */
public record InfoNceLoss(double temperature) {

  /** Checks the temperature. */
  public InfoNceLoss {
    Temperatures.requirePositive(temperature);
  }

  /**
   * The loss of one batch in one direction.
   *
   * @param query (n, d) float32, unit rows
   * @param key (n, d) float32, unit rows; row i belongs to row i of {@code query}; gets no gradient
   * @param queue (d, k) float32, unit columns: the negatives; gets no gradient
   * @return a scalar
   */
  public NDArray loss(NDArray query, NDArray key, NDArray queue) {
    NDArray positive = query.mul(key.stopGradient()).sum(new int[] {1}, true);
    NDArray negatives = query.matMul(queue.stopGradient());
    NDArray logits =
        NDArrays.concat(new NDList(positive, negatives), 1).div(Scalar.beside(query, temperature));
    return logits.logSoftmax(1).get(":, 0").mean().neg();
  }
}
