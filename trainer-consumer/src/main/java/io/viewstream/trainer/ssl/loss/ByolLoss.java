package io.viewstream.trainer.ssl.loss;

import ai.djl.ndarray.NDArray;

/**
 * BYOL's loss: the mean squared distance of unit vectors, 2 − 2 cos(predicted, target), with the
 * gradient stopped at the targets. The method adds both directions.
 *
 * @see <a href="https://arxiv.org/abs/2006.07733">Grill et al. 2020, BYOL, equation 2</a>
 */
public record ByolLoss() {

  /**
   * One direction.
   *
   * @param predicted (n, d) float32, the predictor's output for one view
   * @param target (n, d) float32, the momentum target's projection of the other view; gets no
   *     gradient
   * @return a scalar in [0, 4]
   */
  public NDArray loss(NDArray predicted, NDArray target) {
    return new NegativeCosineLoss().loss(predicted, target).mul(Scalar.beside(predicted, 2)).add(2);
  }
}
