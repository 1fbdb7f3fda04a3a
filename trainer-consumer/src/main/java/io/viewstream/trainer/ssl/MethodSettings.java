package io.viewstream.trainer.ssl;

import ai.djl.ndarray.NDManager;
import io.viewstream.trainer.ssl.network.ResNetArchitecture;

/** Settings of a method's heads and loss; each method has its own. */
public sealed interface MethodSettings
    permits BarlowTwins.Settings,
        Byol.Settings,
        MocoV2Plus.Settings,
        SimClr.Settings,
        SimSiam.Settings {

  /**
   * The method with fresh networks.
   *
   * @param parent borrowed; gives engine and device
   * @param architecture of the backbone
   * @param seed of the first parameters
   */
  SelfSupervisedMethod create(NDManager parent, ResNetArchitecture architecture, long seed);

  /**
   * Whether the gradients of several batches may be averaged into one step: true where the loss is
   * a mean over images, each on its own; false where it compares the images of a batch with each
   * other, or where a queue takes the keys of one batch a step. (Batch normalisation sees each
   * batch on its own even so.)
   */
  default boolean accumulates() {
    return false;
  }
}
