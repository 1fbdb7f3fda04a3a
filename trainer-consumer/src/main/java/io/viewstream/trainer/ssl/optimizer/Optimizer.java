package io.viewstream.trainer.ssl.optimizer;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * Changes parameters by their gradients, and sets the gradients back to zero so that the next step
 * does not add to them. Holds one momentum buffer per parameter, which a checkpoint keeps. One
 * thread at a time, outside gradient collection.
 */
public sealed interface Optimizer extends AutoCloseable permits MomentumOptimizer {

  /**
   * One step for all parameters.
   *
   * @param learningRate of this step by parameter name, at least 0
   */
  void step(LearningRate learningRate);

  /**
   * The momentum buffers by parameter name; live, of the parameters' shapes, zero before the first
   * step.
   */
  Map<String, NDArray> state();

  @Override
  void close();

  /** The learning rate of each parameter at one step. */
  @FunctionalInterface
  interface LearningRate {
    /** The rate for a parameter. */
    double of(String parameterName);
  }
}
