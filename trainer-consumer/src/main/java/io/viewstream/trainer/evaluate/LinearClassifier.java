package io.viewstream.trainer.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;

/**
 * A linear map of features to class scores, learned by stochastic gradient descent with momentum on
 * the mean cross-entropy. The gradient is written out, (softmax − target)ᵀ · features / n, so that
 * no engine state is involved. Owns its tensors.
 */
final class LinearClassifier implements AutoCloseable {

  private static final double EPSILON = 1e-8;

  private final NDManager manager;
  private final int classes;
  private final double momentum;
  private final double weightDecay;
  private final double trust;
  private final NDArray weight;
  private final NDArray bias;
  private final NDArray weightVelocity;
  private final NDArray biasVelocity;

  /**
   * Starts at given values.
   *
   * @param parent borrowed
   * @param weight (classes, features) float32; copied
   * @param bias (classes) float32; copied
   */
  LinearClassifier(
      NDManager parent, NDArray weight, NDArray bias, double momentum, double weightDecay) {
    this(parent, weight, bias, momentum, weightDecay, 0);
  }

  /**
   * Starts at given values.
   *
   * @param weight (classes, features) float32; copied
   * @param bias (classes) float32; copied
   * @param trust η of LARS, which scales the gradient g of weight and bias each to the tensor's own
   *     size, g · η ‖p‖ / (‖g‖ + decay · ‖p‖); 0 for plain descent
   */
  LinearClassifier(
      NDManager parent,
      NDArray weight,
      NDArray bias,
      double momentum,
      double weightDecay,
      double trust) {
    this.trust = trust;
    this.manager = parent.newSubManager();
    this.classes = (int) bias.size();
    this.momentum = momentum;
    this.weightDecay = weightDecay;
    this.weight = manager.create(weight.toFloatArray(), weight.getShape());
    this.bias = manager.create(bias.toFloatArray(), bias.getShape());
    this.weightVelocity = manager.zeros(weight.getShape());
    this.biasVelocity = manager.zeros(bias.getShape());
  }

  /**
   * One step.
   *
   * @param features (n, features) float32, on a manager that the caller closes soon
   * @param labels n classes
   * @return the loss before the step
   */
  float step(NDArray features, int[] labels, double learningRate) {
    NDManager step = features.getManager();
    NDArray targets =
        step.create(labels)
            .toType(DataType.INT64, false)
            .oneHot(classes)
            .toType(DataType.FLOAT32, false);
    NDArray logProbabilities = logits(features).logSoftmax(1);
    NDArray difference = logProbabilities.exp().sub(targets).div(labels.length);
    NDArray weightGradient = difference.transpose().matMul(features);
    update(weight, weightVelocity, weightGradient, learningRate);
    update(bias, biasVelocity, difference.sum(new int[] {0}), learningRate);
    return -logProbabilities.mul(targets).sum().getFloat() / labels.length;
  }

  private void update(NDArray parameter, NDArray velocity, NDArray gradient, double learningRate) {
    double ratio = trust == 0 ? 1 : ratio(parameter, gradient);
    if (weightDecay != 0) {
      try (NDArray decay = parameter.mul(weightDecay)) {
        gradient.addi(decay);
      }
    }
    if (ratio != 1) {
      gradient.muli(ratio);
    }
    velocity.muli(momentum).addi(gradient);
    try (NDArray change = velocity.mul(learningRate)) {
      parameter.subi(change);
    }
  }

  private double ratio(NDArray parameter, NDArray gradient) {
    double size = norm(parameter);
    double slope = norm(gradient);
    return size == 0 || slope == 0 ? 1 : trust * size / (slope + weightDecay * size + EPSILON);
  }

  private static double norm(NDArray tensor) {
    try (NDArray norm = tensor.norm()) {
      return norm.getFloat();
    }
  }

  /** Scores, (n, classes), on the manager of {@code features}. */
  NDArray logits(NDArray features) {
    return features.matMul(weight.transpose()).add(bias);
  }

  NDArray weight() {
    return weight;
  }

  NDArray bias() {
    return bias;
  }

  @Override
  public void close() {
    manager.close();
  }
}
