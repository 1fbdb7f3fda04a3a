package io.viewstream.trainer.ssl.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/**
 * Stochastic gradient descent with momentum, as torch's {@code SGD} without dampening and
 * Nesterov's correction. Weight decay is added to every gradient, unless biases and norms (tensors
 * of one dimension) are excluded.
 */
public final class Sgd extends MomentumOptimizer {

  private final boolean excludesBiasesAndNorms;

  /**
   * For these parameters.
   *
   * @param parent borrowed; device of the momentum buffers
   * @param parameters by name, borrowed; changed in place
   * @param momentum μ in [0, 1)
   * @param weightDecay at least 0
   * @param excludesBiasesAndNorms whether tensors of one dimension are spared the decay
   */
  public Sgd(
      NDManager parent,
      Map<String, NDArray> parameters,
      double momentum,
      double weightDecay,
      boolean excludesBiasesAndNorms) {
    super(parent, parameters, momentum, weightDecay);
    this.excludesBiasesAndNorms = excludesBiasesAndNorms;
  }

  @Override
  void transform(NDArray parameter, NDArray gradient, double learningRate) {
    if (!excludesBiasesAndNorms || parameter.getShape().dimension() != 1) {
      addDecay(parameter, gradient);
    }
  }
}
