package io.viewstream.trainer.ssl;

import ai.djl.ndarray.NDArray;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * The two views of a batch, or what a network makes of each.
 *
 * @param first (n, …) of the first views
 * @param second (n, …) of the second views; row i is of the same image as row i of {@code first}
 */
record ViewPair(NDArray first, NDArray second) {

  /** What a network makes of each view; batch normalisation sees one view after the other. */
  ViewPair map(UnaryOperator<NDArray> network) {
    return new ViewPair(network.apply(first), network.apply(second));
  }

  /**
   * The sum of a loss over both directions: each view's rows against the targets of the other view.
   */
  NDArray crossed(ViewPair targets, BinaryOperator<NDArray> loss) {
    return loss.apply(first, targets.second).add(loss.apply(second, targets.first));
  }
}
