package io.viewstream.trainer.ssl.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import org.jspecify.annotations.Nullable;

/** A linear map of rows, (batch, in) → (batch, out). */
final class Linear implements Layer {

  private final NDArray weight;
  private final @Nullable NDArray bias;

  Linear(TensorScope scope, int inputs, int outputs, boolean withBias) {
    this.weight =
        scope.parameter("weight", new Shape(outputs, inputs), Initialisation.uniformFanIn(inputs));
    this.bias =
        withBias
            ? scope.parameter("bias", new Shape(outputs), Initialisation.uniformFanIn(inputs))
            : null;
  }

  @Override
  public NDArray forward(NDArray input, boolean training) {
    return ai.djl.nn.core.Linear.linear(input, weight, bias).singletonOrThrow();
  }
}
