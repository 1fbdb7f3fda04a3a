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
   * Linear, batch normalisation, rectifier, linear: the projector and predictor of BYOL, and
   * SimSiam's predictor. Parameters are numbered 0, 1 and 3.
   *
   * @param hiddenBias whether the first linear layer has a bias
   */
  public static MultilayerPerceptron normalised(
      TensorScope scope, int inputs, int hidden, int outputs, boolean hiddenBias) {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Linear(scope.child(0), inputs, hidden, hiddenBias));
    layers.add(new BatchNormalisation(scope.child(1), hidden, true));
    layers.add((input, training) -> Activation.relu(input));
    layers.add(new Linear(scope.child(3), hidden, outputs, true));
    return new MultilayerPerceptron(layers);
  }

  /**
   * Three linear layers with batch normalisation and a rectifier after the first two: the projector
   * of Barlow Twins. Parameters are numbered 0, 1, 3, 4 and 6.
   */
  public static MultilayerPerceptron threeLayers(
      TensorScope scope, int inputs, int hidden, int outputs) {
    List<Layer> layers = hiddenLayers(scope, inputs, hidden, true);
    layers.add(new Linear(scope.child(6), hidden, outputs, true));
    return new MultilayerPerceptron(layers);
  }

  /**
   * As {@link #threeLayers}, but without biases and with a last batch normalisation that has no
   * weights: the projector of SimSiam. Parameters are numbered 0, 1, 3, 4, 6 and 7.
   */
  public static MultilayerPerceptron threeNormalisedLayers(
      TensorScope scope, int inputs, int hidden, int outputs) {
    List<Layer> layers = hiddenLayers(scope, inputs, hidden, false);
    layers.add(new Linear(scope.child(6), hidden, outputs, false));
    layers.add(new BatchNormalisation(scope.child(7), outputs, false));
    return new MultilayerPerceptron(layers);
  }

  private static List<Layer> hiddenLayers(
      TensorScope scope, int inputs, int hidden, boolean withBias) {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Linear(scope.child(0), inputs, hidden, withBias));
    layers.add(new BatchNormalisation(scope.child(1), hidden, true));
    layers.add((input, training) -> Activation.relu(input));
    layers.add(new Linear(scope.child(3), hidden, hidden, withBias));
    layers.add(new BatchNormalisation(scope.child(4), hidden, true));
    layers.add((input, training) -> Activation.relu(input));
    return layers;
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
