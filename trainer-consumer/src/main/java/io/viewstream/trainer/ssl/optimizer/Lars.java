package io.viewstream.trainer.ssl.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/**
 * Layer-wise adaptive rate scaling: the gradient of each tensor is scaled to the tensor's own size,
 * which lets large batches train at high rates. With ‖p‖ and ‖g‖ both non-zero,
 *
 * <pre>
 *   ratio = η ‖p‖ / (‖g‖ + decay · ‖p‖ + 1e-8),  clipped to at most the learning rate if asked (ratio / rate ≤ 1)
 *   g ← (g + decay · p) · ratio</pre>
 *
 * and then momentum as in {@link Sgd}. Biases and norms (tensors of one dimension) are excluded
 * from both scaling and decay, and so is a tensor in a step in which it or its gradient is all
 * zero.
 *
 * @see <a href="https://arxiv.org/abs/1708.03888">You et al. 2017, LARS</a>
 */
public final class Lars extends MomentumOptimizer {

  private static final double EPSILON = 1e-8;

  private final double trustCoefficient;
  private final boolean clips;
  private final boolean excludesBiasesAndNorms;

  /**
   * For these parameters.
   *
   * @param parent borrowed; device of the momentum buffers
   * @param parameters by name, borrowed; changed in place
   * @param settings how to scale
   */
  public Lars(NDManager parent, Map<String, NDArray> parameters, Settings settings) {
    super(parent, parameters, settings.momentum(), settings.weightDecay());
    this.trustCoefficient = settings.trustCoefficient();
    this.clips = settings.clips();
    this.excludesBiasesAndNorms = settings.excludesBiasesAndNorms();
  }

  @Override
  void transform(NDArray parameter, NDArray gradient, double learningRate) {
    if (excludesBiasesAndNorms && parameter.getShape().dimension() == 1) {
      return;
    }
    double parameterNorm = norm(parameter);
    double gradientNorm = norm(gradient);
    if (parameterNorm == 0 || gradientNorm == 0) {
      return;
    }
    double ratio =
        trustCoefficient * parameterNorm / (gradientNorm + weightDecay() * parameterNorm + EPSILON);
    if (clips) {
      ratio = Math.min(ratio / learningRate, 1);
    }
    addDecay(parameter, gradient);
    gradient.muli(ratio);
  }

  private static double norm(NDArray tensor) {
    try (NDArray norm = tensor.norm()) {
      return norm.getFloat();
    }
  }

  /**
   * How to scale.
   *
   * @param momentum μ in [0, 1)
   * @param weightDecay at least 0
   * @param trustCoefficient η, greater than 0
   * @param clips whether the scaled rate stays below the scheduled one
   * @param excludesBiasesAndNorms whether tensors of one dimension follow plain momentum
   */
  public record Settings(
      double momentum,
      double weightDecay,
      double trustCoefficient,
      boolean clips,
      boolean excludesBiasesAndNorms) {}
}
