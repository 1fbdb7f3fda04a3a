package io.viewstream.trainer.ssl.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Barlow Twins' loss: the cross-correlation matrix c of both views' features, each normalised over
 * the batch, is drawn to the identity: scale · (Σᵢ (cᵢᵢ − 1)² + λ Σ_{i≠j} cᵢⱼ²).
 *
 * @param offDiagonalWeight λ, at least 0; 0.0051 in the paper
 * @param scale of the whole, greater than 0; 0.048 in solo-learn
 * @see <a href="https://arxiv.org/abs/2103.03230">Zbontar et al. 2021, Barlow Twins, equations 1
 *     and 2</a>
 */
public record BarlowTwinsLoss(double offDiagonalWeight, double scale) {

  private static final double EPSILON = 1e-5;

  /** Checks the weights. */
  public BarlowTwinsLoss {
    if (!(offDiagonalWeight >= 0) || !(scale > 0)) {
      throw new IllegalArgumentException(
          "The weights of Barlow Twins are %s off the diagonal and a scale of %s; the first must be at least 0, the second greater"
              .formatted(offDiagonalWeight, scale));
    }
  }

  /**
   * The loss of one batch.
   *
   * @param first (n, d) float32, projections of the first views
   * @param second (n, d) float32, projections of the second views
   * @return a scalar, at least 0
   */
  public NDArray loss(NDArray first, NDArray second) {
    Shape shape = first.getShape();
    NDManager manager = first.getManager();
    NDArray correlation =
        overBatch(first)
            .transpose()
            .matMul(overBatch(second))
            .div(Scalar.beside(first, (double) shape.get(0)));
    NDArray identity = manager.eye((int) shape.get(1));
    NDArray squares = correlation.sub(identity).square();
    // λ off the diagonal, 1 on it.
    NDArray weights =
        identity.mul(Scalar.beside(first, 1 - offDiagonalWeight)).add(offDiagonalWeight);
    return squares.mul(weights.mul(Scalar.beside(first, scale))).sum();
  }

  /**
   * Mean 0 and biased variance 1 over the batch, as batch normalisation without weight and bias.
   */
  private static NDArray overBatch(NDArray features) {
    NDArray centred = features.sub(features.mean(new int[] {0}, true));
    NDArray variance = centred.square().mean(new int[] {0}, true);
    return centred.div(variance.add(EPSILON).sqrt());
  }
}
