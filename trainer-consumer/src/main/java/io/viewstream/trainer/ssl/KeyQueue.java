package io.viewstream.trainer.ssl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.viewstream.trainer.ssl.network.Initialisation;
import io.viewstream.trainer.ssl.network.TensorScope;

/**
 * The last keys of both views, first in, first out: (2, dimension, size) with unit columns. Place
 * and pointer are buffers of the model, so that a checkpoint keeps them.
 *
 * @see <a href="https://arxiv.org/abs/1911.05722">He et al. 2019, MoCo, section 3.2</a>
 */
final class KeyQueue {

  private final int size;
  private final NDArray queue;
  private final NDArray pointer;

  /** Filled with random directions. */
  KeyQueue(TensorScope scope, int dimension, int size) {
    this.size = size;
    this.queue = scope.buffer("queue", new Shape(2, dimension, size), Initialisation.unitColumns());
    this.pointer = scope.buffer("queue_pointer", new Shape(1), Initialisation.constant(0));
  }

  /**
   * The keys of one view, (dimension, size).
   *
   * @param view 0 for the first, 1 for the second
   */
  NDArray keysOf(int view) {
    return queue.get(view);
  }

  /**
   * Replaces the oldest keys.
   *
   * @param keys (2, n, dimension); n divides the size
   * @throws IllegalArgumentException if it does not
   */
  void enqueue(NDArray keys) {
    int count = (int) keys.getShape().get(1);
    if (size % count != 0) {
      throw new IllegalArgumentException(
          "A queue of %d keys is not a multiple of the batch of %d".formatted(size, count));
    }
    int from = (int) pointer.getFloat(0);
    try (NDArray columns = keys.transpose(0, 2, 1)) {
      queue.set(new NDIndex(":, :, {}:{}", from, from + count), columns);
    }
    try (NDArray next = pointer.getManager().create(new float[] {(from + count) % size})) {
      pointer.set(new NDIndex("..."), next);
    }
  }
}
