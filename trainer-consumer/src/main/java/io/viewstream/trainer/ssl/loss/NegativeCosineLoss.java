package io.viewstream.trainer.ssl.loss;

import ai.djl.ndarray.NDArray;

/**
 * SimSiam's loss: minus the mean cosine between predictions and targets, with the gradient stopped
 * at the targets. The method averages it over both directions.
 *
 * @see <a href="https://arxiv.org/abs/2011.10566">Chen and He 2020, SimSiam, equations 1 to 3</a>
 */
public record NegativeCosineLoss() {

  /**
   * One direction.
   *
   * @param predicted (n, d) float32, the predictor's output for one view
   * @param target (n, d) float32, the projection of the other view; gets no gradient
   * @return a scalar in [−1, 1]
   */
  public NDArray loss(NDArray predicted, NDArray target) {
    NDArray cosine =
        UnitRows.of(predicted).mul(UnitRows.of(target.stopGradient())).sum(new int[] {1});
    return cosine.mean().neg();
  }
}
