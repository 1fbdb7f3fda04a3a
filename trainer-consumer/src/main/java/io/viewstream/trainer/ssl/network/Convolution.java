package io.viewstream.trainer.ssl.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;

/**
 * A square convolution without bias, (batch, in, height, width) → (batch, out, height / stride,
 * width / stride).
 */
final class Convolution implements Layer {

  private final NDArray weight;
  private final Shape stride;
  private final Shape padding;

  Convolution(TensorScope scope, int inputs, int outputs, int kernel, int stride) {
    this.weight =
        scope.parameter(
            "weight", new Shape(outputs, inputs, kernel, kernel), Initialisation.heNormalFanOut());
    this.stride = new Shape(stride, stride);
    this.padding = new Shape(kernel / 2, kernel / 2);
  }

  @Override
  public NDArray forward(NDArray input, boolean training) {
    return Conv2d.conv2d(input, weight, null, stride, padding, new Shape(1, 1)).singletonOrThrow();
  }
}
