package io.viewstream.trainer.ssl.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.norm.BatchNorm;

/**
 * Batch normalisation over axis 1, with PyTorch's settings: ε 1e-5, running statistics that take
 * one tenth of the new value (DJL's momentum is one minus PyTorch's), unbiased running variance.
 *
 * @see <a href="https://arxiv.org/abs/1502.03167">Ioffe and Szegedy 2015, Batch Normalization</a>
 */
final class BatchNormalisation implements Layer {

  private static final float MOMENTUM = 0.9f;
  private static final float EPSILON = 1e-5f;

  private final NDArray weight;
  private final NDArray bias;
  private final NDArray runningMean;
  private final NDArray runningVariance;

  /**
   * Declares weight, bias and statistics.
   *
   * @param affine whether weight and bias are parameters; otherwise they are 1 and 0 and no part of
   *     the model
   */
  BatchNormalisation(TensorScope scope, int channels, boolean affine) {
    Shape shape = new Shape(channels);
    if (affine) {
      this.weight = scope.parameter("weight", shape, Initialisation.constant(1));
      this.bias = scope.parameter("bias", shape, Initialisation.constant(0));
    } else {
      this.weight = scope.tensors().manager().ones(shape);
      this.bias = scope.tensors().manager().zeros(shape);
    }
    this.runningMean = scope.buffer("running_mean", shape, Initialisation.constant(0));
    this.runningVariance = scope.buffer("running_var", shape, Initialisation.constant(1));
  }

  @Override
  public NDArray forward(NDArray input, boolean training) {
    return BatchNorm.batchNorm(
            input, runningMean, runningVariance, weight, bias, 1, MOMENTUM, EPSILON, training)
        .singletonOrThrow();
  }
}
