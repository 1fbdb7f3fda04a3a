package io.viewstream.trainer.feed;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One rank's slice of a global batch: two augmented, normalised views of every image.
 *
 * <p>The batch is a lease. Its buffers belong to the feed and are filled again after {@link
 * #close()}, so everything that was made from them without a copy (an engine's tensor over the same
 * memory) must be done with before. Feeds own few batches: one that is never closed stops the feed.
 *
 * <p>One thread at a time may use a batch. {@code close()} may be called from any thread, and again
 * without effect.
 */
public final class MixedBatch implements AutoCloseable {

  private final int epoch;
  private final int index;
  private final BatchShape shape;
  private final ByteBuffer first;
  private final ByteBuffer second;
  private final SlotCounts firstCounts;
  private final SlotCounts secondCounts;
  private final List<String> imageIds;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Lends two filled buffers.
   *
   * @param epoch epoch of the batch, from 0
   * @param index index of the global batch in its epoch, from 0
   * @param shape shape of each slot
   * @param first first slot: direct, native byte order, {@code shape.slotSizeBytes()} bytes
   * @param second second slot, as the first
   * @param firstCounts origin of the views in the first slot
   * @param secondCounts origin of the views in the second slot
   * @param imageIds id of the image at each position of the batch, or empty when not kept
   * @param release called once, when the batch is closed
   */
  public MixedBatch(
      int epoch,
      int index,
      BatchShape shape,
      ByteBuffer first,
      ByteBuffer second,
      SlotCounts firstCounts,
      SlotCounts secondCounts,
      List<String> imageIds,
      Runnable release) {
    this.epoch = epoch;
    this.index = index;
    this.shape = shape;
    this.first = first;
    this.second = second;
    this.firstCounts = firstCounts;
    this.secondCounts = secondCounts;
    this.imageIds = List.copyOf(imageIds);
    this.release = release;
  }

  /** Epoch of the batch, from 0. */
  public int epoch() {
    return epoch;
  }

  /** Index of the global batch in its epoch, from 0. */
  public int index() {
    return index;
  }

  /** Shape of each slot. */
  public BatchShape shape() {
    return shape;
  }

  /** Images in this batch; each has one view in each slot. */
  public int batchSize() {
    return shape.batchSize();
  }

  /**
   * The views of one slot.
   *
   * @return a direct buffer in native byte order, position 0, limit at its end: float32 [batchSize,
   *     3, height, width], normalised (by default to about zero mean and unit variance); every call
   *     gives a new view of the same memory
   * @throws IllegalStateException after {@link #close()}
   */
  public ByteBuffer slot(ViewSlot slot) {
    if (closed.get()) {
      throw new IllegalStateException(
          "Batch " + index + " of epoch " + epoch + " was closed; its buffers are in use again");
    }
    ByteBuffer buffer =
        switch (slot) {
          case FIRST -> first;
          case SECOND -> second;
        };
    return buffer.duplicate().clear().order(buffer.order());
  }

  /** Where the views of one slot came from. */
  public SlotCounts counts(ViewSlot slot) {
    return switch (slot) {
      case FIRST -> firstCounts;
      case SECOND -> secondCounts;
    };
  }

  /** The image at each position of the batch, or an empty list when the feed does not keep ids. */
  public List<String> imageIds() {
    return imageIds;
  }

  /** Gives the buffers back to the feed. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
