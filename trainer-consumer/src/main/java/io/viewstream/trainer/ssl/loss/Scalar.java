package io.viewstream.trainer.ssl.loss;

import ai.djl.ndarray.NDArray;

/**
 * Numbers as operands of what gradients are recorded for.
 *
 * <p>DJL's own {@code div(Number)} and {@code mul(Number)} wrap the number in a tensor over memory
 * of the Java heap's side and close it at once. The recorded graph still refers to that memory and
 * does not keep it: a garbage collection before {@code backward} leaves it to whoever allocates
 * next, and gradients become wrong, or NaN. So the tensor must live as long as the step.
 */
public final class Scalar {

  private Scalar() {}

  /**
   * A scalar tensor that lives as long as another tensor's manager.
   *
   * @param other gives manager and device
   * @param value an int for int32, a double for float64; a scalar changes no other type of the same
   *     kind
   */
  public static NDArray beside(NDArray other, Number value) {
    return other.getManager().create(value);
  }
}
