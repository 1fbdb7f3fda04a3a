package io.viewstream.trainer.ssl.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * A name prefix inside {@link NamedTensors}, in which a layer declares its tensors.
 *
 * @param tensors that the layer's tensors join
 * @param prefix empty, or ending in a dot
 * @param trained whether what a layer declares as parameters is trained by gradient; otherwise
 *     these are buffers, and no gradient passes through them
 */
public record TensorScope(NamedTensors tensors, String prefix, boolean trained) {

  /**
   * The scope of a part: {@code layer1} inside {@code backbone.} gives {@code backbone.layer1.}.
   */
  public TensorScope child(String name) {
    return new TensorScope(tensors, prefix + name + ".", trained);
  }

  /** The scope of a numbered part, as in torch's {@code Sequential}. */
  public TensorScope child(int index) {
    return child(Integer.toString(index));
  }

  /** The same scope for a network that gradients do not train, such as a momentum target. */
  public TensorScope untrained() {
    return new TensorScope(tensors, prefix, false);
  }

  /** Declares a tensor that no layer trains, such as a queue. */
  public NDArray buffer(String name, Shape shape, Initialisation initialisation) {
    return tensors.declareBuffer(prefix + name, shape, initialisation);
  }

  NDArray parameter(String name, Shape shape, Initialisation initialisation) {
    return trained
        ? tensors.declareParameter(prefix + name, shape, initialisation)
        : tensors.declareBuffer(prefix + name, shape, initialisation);
  }
}
