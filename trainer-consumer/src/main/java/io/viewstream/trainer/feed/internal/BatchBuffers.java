package io.viewstream.trainer.feed.internal;

import io.viewstream.trainer.feed.BatchShape;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The memory of the batches: a fixed number of pairs of slots, lent and given back. Made when the
 * feed is made, freed with it. Safe for several threads.
 */
final class BatchBuffers implements AutoCloseable {

  /** Alignment for vector instructions and cache lines. */
  private static final int ALIGNMENT_BYTES = 64;

  private final Arena arena = Arena.ofShared();
  private final int count;
  // Guarded by this.
  private final Deque<Pair> free = new ArrayDeque<>();

  /** Memory of one batch. */
  record Pair(ByteBuffer first, ByteBuffer second) {}

  BatchBuffers(BatchShape shape, int count) {
    this.count = count;
    for (int i = 0; i < count; i++) {
      free.add(new Pair(allocate(shape), allocate(shape)));
    }
  }

  private ByteBuffer allocate(BatchShape shape) {
    return arena
        .allocate(shape.slotSizeBytes(), ALIGNMENT_BYTES)
        .asByteBuffer()
        .order(ByteOrder.nativeOrder());
  }

  /** A free pair, or null when all are lent. */
  synchronized @Nullable Pair poll() {
    return free.poll();
  }

  synchronized void giveBack(Pair pair) {
    free.push(pair);
  }

  /** How many pairs are lent. */
  synchronized int lent() {
    return count - free.size();
  }

  /**
   * Frees the memory.
   *
   * @throws IllegalStateException if a pair is still lent; freeing it would pull it from under
   *     whoever reads it, so nothing is freed
   */
  @Override
  public void close() {
    if (lent() > 0) {
      throw new IllegalStateException(
          lent() + " batches were not closed; the feed's memory cannot be freed");
    }
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
