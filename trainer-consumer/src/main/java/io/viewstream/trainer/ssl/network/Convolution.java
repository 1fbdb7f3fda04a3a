package io.viewstream.trainer.ssl.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;

/**
 * A square convolution without bias, (batch, in, height, width) → (batch, out, height / stride,
 * width / stride).
 */
final class Convolution implements Layer {

  /** The channels that one vector instruction of the engine's kernels takes. */
  private static final int VECTOR_CHANNELS = 16;

  private final NDArray weight;
  private final int stride;
  private final int padding;
  private final boolean picksPixels;

  Convolution(TensorScope scope, int inputs, int outputs, int kernel, int stride) {
    this.weight =
        scope.parameter(
            "weight", new Shape(outputs, inputs, kernel, kernel), Initialisation.heNormalFanOut());
    this.stride = stride;
    this.padding = kernel / 2;
    this.picksPixels = kernel == 1 && stride > 1 && inputs < VECTOR_CHANNELS;
  }

  @Override
  public NDArray forward(NDArray input, boolean training) {
    if (!picksPixels) {
      return convolve(input, stride);
    }
    // The same sums. oneDNN 3.7, which is in PyTorch 2.7, writes outside its buffers when it takes
    // the gradient of such a convolution with its stride, on more than one thread and AVX-512.
    String step = "::" + stride;
    return convolve(input.get(":,:," + step + "," + step), 1);
  }

  private NDArray convolve(NDArray input, int step) {
    return Conv2d.conv2d(
            input,
            weight,
            null,
            new Shape(step, step),
            new Shape(padding, padding),
            new Shape(1, 1))
        .singletonOrThrow();
  }
}
