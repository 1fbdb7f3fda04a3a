package io.viewstream.trainer.ssl.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@link Sgd} and {@link Lars} share: v ← μ v + g, p ← p − rate · v. Starting at v = 0 this is
 * torch's rule, whose first v is g. Temporary tensors are closed one by one: a result belongs to
 * its first operand's manager, so whatever is left open here would live as long as the parameters.
 *
 * <p>Numbers that all tensors share are tensors made once, not once for each: DJL allocates a
 * direct buffer for every number that it is given.
 */
abstract sealed class MomentumOptimizer implements Optimizer permits Sgd, Lars {

  private final NDManager manager;
  private final NDArray momentum;
  private final double weightDecay;
  private final NDArray decay;
  private final Map<String, NDArray> parameters;
  private final Map<String, NDArray> velocities = new LinkedHashMap<>();

  MomentumOptimizer(
      NDManager parent, Map<String, NDArray> parameters, double momentum, double weightDecay) {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "The momentum is %s; it must be in [0, 1)".formatted(momentum));
    }
    this.manager = parent.newSubManager();
    this.momentum = manager.create(momentum);
    this.weightDecay = weightDecay;
    this.decay = manager.create(weightDecay);
    this.parameters = new LinkedHashMap<>(parameters);
    this.parameters.forEach(
        (name, parameter) -> velocities.put(name, manager.zeros(parameter.getShape())));
  }

  @Override
  public void step(LearningRate learningRate) {
    // One or two different ones: the schedule's, and a constant one.
    Map<Double, NDArray> rates = new HashMap<>();
    try (NDManager step = manager.newSubManager()) {
      parameters.forEach(
          (name, parameter) -> {
            double rate = learningRate.of(name);
            NDArray velocity = velocities.get(name);
            try (NDArray gradient = parameter.getGradient()) {
              transform(parameter, gradient, rate);
              velocity.muli(momentum).addi(gradient);
              gradient.subi(gradient);
            }
            try (NDArray change = velocity.mul(rates.computeIfAbsent(rate, step::create))) {
              parameter.subi(change);
            }
          });
    }
  }

  /** Turns the raw gradient, in place, into what the momentum adds up. */
  abstract void transform(NDArray parameter, NDArray gradient, double learningRate);

  /** What Lars calculates with. */
  final double weightDecay() {
    return weightDecay;
  }

  /** gradient ← gradient + decay · parameter. */
  final void addDecay(NDArray parameter, NDArray gradient) {
    if (weightDecay != 0) {
      try (NDArray change = parameter.mul(decay)) {
        gradient.addi(change);
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
