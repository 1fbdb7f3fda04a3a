package io.viewstream.trainer.ssl.loss;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** A loss and its gradient with respect to every input. */
record GradientProbe(float loss, Map<String, float[]> gradients) {

  /** Evaluates a loss; the inputs stay the caller's. */
  static GradientProbe of(
      NDManager manager,
      Map<String, NDArray> inputs,
      Function<Map<String, NDArray>, NDArray> function) {
    inputs.values().forEach(input -> input.setRequiresGradient(true));
    float loss;
    try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      NDArray result = function.apply(inputs);
      collector.backward(result);
      loss = result.getFloat();
    }
    Map<String, float[]> gradients = new LinkedHashMap<>();
    inputs.forEach((name, input) -> gradients.put(name, input.getGradient().toFloatArray()));
    return new GradientProbe(loss, gradients);
  }
}
