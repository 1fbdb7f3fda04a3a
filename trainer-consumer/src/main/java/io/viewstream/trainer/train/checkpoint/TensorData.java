package io.viewstream.trainer.train.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;

/**
 * A float32 tensor outside the engine.
 *
 * @param shape of any rank
 * @param values row-major from position 0; as many as the shape says; not to be modified
 */
public record TensorData(Shape shape, FloatBuffer values) {

  private static final NDIndex EVERYTHING = new NDIndex("...");

  /** Checks that shape and values agree. */
  public TensorData {
    if (shape.size() != values.remaining()) {
      throw new IllegalArgumentException(
          "Shape %s holds %d values, not %d".formatted(shape, shape.size(), values.remaining()));
    }
  }

  /** A copy of a tensor of the engine. */
  public static TensorData copyOf(NDArray tensor) {
    return new TensorData(tensor.getShape(), FloatBuffer.wrap(tensor.toFloatArray()));
  }

  /** A row of numbers. */
  public static TensorData of(float[] values) {
    return new TensorData(new Shape(values.length), FloatBuffer.wrap(values));
  }

  /**
   * Writes the values into a tensor of the engine, whose gradient recording is off.
   *
   * @param tensor of the same shape
   */
  public void copyTo(NDArray tensor) {
    try (NDArray copy = tensor.getManager().create(toArray(), shape)) {
      tensor.set(EVERYTHING, copy);
    }
  }

  /** The values as a new array. */
  public float[] toArray() {
    float[] array = new float[values.remaining()];
    values.duplicate().get(array);
    return array;
  }
}
