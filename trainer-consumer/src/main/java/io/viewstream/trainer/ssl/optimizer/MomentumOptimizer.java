package io.viewstream.trainer.ssl.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@link Sgd} and {@link Lars} share: v ← μ v + g, p ← p − rate · v. Starting at v = 0 this is
 * torch's rule, whose first v is g. Temporary tensors are closed one by one: a result belongs to
 * its first operand's manager, so whatever is left open here would live as long as the parameters.
 */
abstract sealed class MomentumOptimizer implements Optimizer permits Sgd, Lars {

  private final NDManager manager;
  private final double momentum;
  private final Map<String, NDArray> parameters;
  private final Map<String, NDArray> velocities = new LinkedHashMap<>();

  MomentumOptimizer(NDManager parent, Map<String, NDArray> parameters, double momentum) {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "The momentum is %s; it must be in [0, 1)".formatted(momentum));
    }
    this.manager = parent.newSubManager();
    this.momentum = momentum;
    this.parameters = new LinkedHashMap<>(parameters);
    this.parameters.forEach(
        (name, parameter) -> velocities.put(name, manager.zeros(parameter.getShape())));
  }

  @Override
  public void step(LearningRate learningRate) {
    parameters.forEach(
        (name, parameter) -> {
          double rate = learningRate.of(name);
          NDArray velocity = velocities.get(name);
          try (NDArray gradient = parameter.getGradient()) {
            transform(parameter, gradient, rate);
            velocity.muli(momentum).addi(gradient);
            gradient.muli(0);
          }
          try (NDArray change = velocity.mul(rate)) {
            parameter.subi(change);
          }
        });
  }

  /** Turns the raw gradient, in place, into what the momentum adds up. */
  abstract void transform(NDArray parameter, NDArray gradient, double learningRate);

  static void addDecay(NDArray parameter, NDArray gradient, double weightDecay) {
    if (weightDecay != 0) {
      try (NDArray decay = parameter.mul(weightDecay)) {
        gradient.addi(decay);
      }
    }
  }

  @Override
  public Map<String, NDArray> state() {
    return Collections.unmodifiableMap(velocities);
  }

  @Override
  public void close() {
    manager.close();
  }
}
