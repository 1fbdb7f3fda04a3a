package io.viewstream.trainer.ssl;

import ai.djl.ndarray.NDArray;
import io.viewstream.trainer.ssl.network.NamedTensors;
import io.viewstream.trainer.ssl.network.ResNetBackbone;

/**
 * A method of learning from two views of each image. Owns its networks; one thread at a time. A
 * training step is
 *
 * <pre>{@code
 * try (NDManager step = engineManager.newSubManager();
 *     GradientCollector collector = Engine.getInstance().newGradientCollector()) {
 *   NDArray loss = method.loss(firstViews, secondViews);   // both on the step's manager
 *   collector.backward(loss);
 * }
 * optimizer.step(name -> schedule.rate(step) * ...);
 * method.afterStep(step, schedule.totalSteps());
 * }</pre>
 */
public sealed interface SelfSupervisedMethod extends AutoCloseable
    permits BarlowTwins, Byol, MocoV2Plus, SimClr, SimSiam {

  /** The method's name on the command line, in manifests and checkpoints. */
  String name();

  /**
   * The loss of one batch; batch normalisation learns from each view on its own.
   *
   * @param first (n, 3, side, side) float32, normalised pixels of the first views, n at least 2
   * @param second (n, 3, side, side) float32; row i is another view of the image of row i of {@code
   *     first}
   * @return a scalar on the manager of {@code first}
   */
  NDArray loss(NDArray first, NDArray second);

  /**
   * What follows the optimizer's step: momentum targets move, queues take the new keys.
   *
   * @param step that was done, 0 for the first
   * @param totalSteps of the whole training
   */
  default void afterStep(long step, long totalSteps) {}

  /** All tensors: those an optimizer changes, and all else that a checkpoint must keep. */
  NamedTensors tensors();

  /** The network whose features are what training is for. */
  ResNetBackbone backbone();

  /**
   * Whether a parameter keeps the base learning rate throughout instead of following the schedule.
   */
  default boolean hasConstantRate(String parameterName) {
    return false;
  }

  @Override
  void close();
}
