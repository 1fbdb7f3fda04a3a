package io.viewstream.trainer.ssl.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * A name prefix inside {@link NamedTensors}, in which a layer declares its tensors.
 *
 * @param tensors that the layer's tensors join
 * @param prefix empty, or ending in a dot
 */
public record TensorScope(NamedTensors tensors, String prefix) {

  /**
   * The scope of a part: {@code layer1} inside {@code backbone.} gives {@code backbone.layer1.}.
   */
  public TensorScope child(String name) {
    return new TensorScope(tensors, prefix + name + ".");
  }

  /** The scope of a numbered part, as in torch's {@code Sequential}. */
  public TensorScope child(int index) {
    return child(Integer.toString(index));
  }

  NDArray parameter(String name, Shape shape, Initialisation initialisation) {
    return tensors.declareParameter(prefix + name, shape, initialisation);
  }

  NDArray buffer(String name, Shape shape, Initialisation initialisation) {
    return tensors.declareBuffer(prefix + name, shape, initialisation);
  }
}
