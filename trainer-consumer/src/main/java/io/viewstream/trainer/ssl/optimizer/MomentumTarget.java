package io.viewstream.trainer.ssl.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/**
 * A set of tensors that follows another as an exponential average: target ← τ · target + (1 − τ) ·
 * online. Only what is paired moves: by solo-learn's rule these are the parameters; the target
 * keeps batch statistics of its own.
 */
public final class MomentumTarget {

  private final List<NDArray> online;
  private final List<NDArray> target;

  /**
   * Pairs tensors by position.
   *
   * @param online borrowed
   * @param target borrowed; same shapes in the same order; changed by {@link #follow}
   */
  public MomentumTarget(List<NDArray> online, List<NDArray> target) {
    this.online = List.copyOf(online);
    this.target = List.copyOf(target);
    List<Object> onlineShapes = new ArrayList<>();
    List<Object> targetShapes = new ArrayList<>();
    online.forEach(tensor -> onlineShapes.add(tensor.getShape()));
    target.forEach(tensor -> targetShapes.add(tensor.getShape()));
    if (!onlineShapes.equals(targetShapes)) {
      throw new IllegalArgumentException(
          "Target tensors %s do not match the online ones %s"
              .formatted(targetShapes, onlineShapes));
    }
  }

  /** Makes the target equal to the online tensors. */
  public void copy() {
    follow(0);
  }

  /**
   * One update, in place.
   *
   * @param momentum τ in [0, 1]
   */
  public void follow(double momentum) {
    if (target.isEmpty()) {
      return;
    }
    NDManager manager = target.getFirst().getManager();
    // Made once for all tensors.
    try (NDArray kept = manager.create(momentum);
        NDArray taken = manager.create(1 - momentum)) {
      for (int i = 0; i < online.size(); i++) {
        try (NDArray detached = online.get(i).stopGradient();
            NDArray part = detached.mul(taken)) {
          target.get(i).muli(kept).addi(part);
        }
      }
    }
  }
}
