package io.viewstream.trainer.ssl.network;

import ai.djl.ndarray.NDArray;

/** A function of one tensor with parameters of its own. */
@FunctionalInterface
public interface Layer {

  /**
   * Applies the layer.
   *
   * @param input float32, batch first; borrowed
   * @param training whether batch normalisation uses, and learns from, this batch's statistics
   * @return attached to the manager of {@code input}
   */
  NDArray forward(NDArray input, boolean training);
}
