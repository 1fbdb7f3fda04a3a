package io.viewstream.trainer.ssl.network;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import java.util.ArrayList;
import java.util.List;

/**
 * Linear layers with rectifiers between them: the projectors and predictors of the self-supervised
 * methods, (batch, in) → (batch, out).
 */
public final class MultilayerPerceptron implements Layer {

  private final List<Layer> layers;

  private MultilayerPerceptron(List<Layer> layers) {
    this.layers = List.copyOf(layers);
  }

  /**
   * Linear, rectifier, linear: the projector of SimCLR and MoCo v2+. Parameters are numbered as in
   * torch's {@code Sequential}: 0 and 2.
   */
  public static MultilayerPerceptron plain(TensorScope scope, int inputs, int hidden, int outputs) {
    return new MultilayerPerceptron(
        List.of(
            new Linear(scope.child(0), inputs, hidden, true),
            (input, training) -> Activation.relu(input),
            new Linear(scope.child(2), hidden, outputs, true)));
  }

  /**
   * Linear, batch normalisation, rectifier, linear: the projector and predictor of BYOL. Parameters
   * are numbered 0, 1 and 3.
   */
  public static MultilayerPerceptron normalised(
      TensorScope scope, int inputs, int hidden, int outputs) {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Linear(scope.child(0), inputs, hidden, true));
    layers.add(new BatchNormalisation(scope.child(1), hidden, true));
    layers.add((input, training) -> Activation.relu(input));
    layers.add(new Linear(scope.child(3), hidden, outputs, true));
    return new MultilayerPerceptron(layers);
  }

  @Override
  public NDArray forward(NDArray input, boolean training) {
    NDArray output = input;
    for (Layer layer : layers) {
      output = layer.forward(output, training);
    }
    return output;
  }
}
