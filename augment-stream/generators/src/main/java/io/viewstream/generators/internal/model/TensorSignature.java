package io.viewstream.generators.internal.model;

import java.util.List;

/**
 * What a network says of one of its inputs or outputs.
 *
 * @param name of the tensor
 * @param elementType in ONNX's words: float32, float16, int64, …
 * @param dimensions sizes from the outermost; {@link #FREE} where any size will do
 */
public record TensorSignature(String name, String elementType, List<Long> dimensions) {

  /** A dimension without a fixed size. */
  public static final long FREE = -1;

  static final String FLOAT_32 = "float32";
  static final String INT_64 = "int64";

  public TensorSignature {
    dimensions = List.copyOf(dimensions);
  }

  /** The number of dimensions. */
  public int rank() {
    return dimensions.size();
  }
}
