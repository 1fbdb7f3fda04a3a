package io.viewstream.generators.internal;

import io.viewstream.imaging.RgbImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides which images join which engine call. It never waits and never looks at a clock: the owner
 * tells it the time and does the waiting. Not thread-safe.
 *
 * <p>Images leave in the order in which they came. A batch closes when it is full, when its oldest
 * image has waited for the linger, or when every possible caller is already waiting, since then
 * nobody is left to join.
 */
public final class BatchQueue {

  private final int bestBatchSize;
  private final long mostPixels;
  private final int capacity;
  private final int callers;
  private final long lingerNanos;
  private final Deque<PendingCall.Image> images = new ArrayDeque<>();
  private final Set<PendingCall> openCalls = new LinkedHashSet<>();

  /**
   * Creates an empty queue.
   *
   * @param bestBatchSize the most images of one batch, at least 1
   * @param mostPixels the most pixels of the sources of one batch; a larger one is alone
   * @param capacity the most images that wait, at least {@code bestBatchSize}
   * @param callers how many threads may call at once, at least 1
   * @param lingerNanos how long an image waits for others to join
   */
  public BatchQueue(
      int bestBatchSize, long mostPixels, int capacity, int callers, long lingerNanos) {
    this.bestBatchSize = bestBatchSize;
    this.mostPixels = mostPixels;
    this.capacity = capacity;
    this.callers = callers;
    this.lingerNanos = lingerNanos;
  }

  /** Whether a call may enter. One larger than the capacity enters an empty queue. */
  public boolean hasRoomFor(PendingCall call) {
    return images.isEmpty() || images.size() + call.size() <= capacity;
  }

  /** Adds all images of a call. */
  public void add(PendingCall call, long nowNanos) {
    if (!hasRoomFor(call)) {
      throw new IllegalStateException(
          "%d images wait and %d come, beyond the capacity of %d"
              .formatted(images.size(), call.size(), capacity));
    }
    call.arrive(nowNanos);
    openCalls.add(call);
    for (int index = 0; index < call.size(); index++) {
      images.add(new PendingCall.Image(call, index));
    }
  }

  /** Forgets a call; those of its images that wait are dropped. */
  public void remove(PendingCall call) {
    if (openCalls.remove(call)) {
      images.removeIf(image -> image.call() == call);
    }
  }

  /** All calls that were added and not removed, in order. */
  public List<PendingCall> openCalls() {
    return List.copyOf(openCalls);
  }

  /** The number of images that wait. */
  public int size() {
    return images.size();
  }

  /** How long until a batch is ready: zero for now, {@link Long#MAX_VALUE} when nothing waits. */
  public long nanosUntilBatch(long nowNanos) {
    if (images.isEmpty()) {
      return Long.MAX_VALUE;
    }
    if (images.size() >= bestBatchSize || openCalls.size() >= callers) {
      return 0;
    }
    long waitedNanos = nowNanos - images.getFirst().call().arrivedNanos();
    return Math.max(0, lingerNanos - waitedNanos);
  }

  /** The next batch, full or not; empty when nothing waits. */
  public List<PendingCall.Image> takeBatch() {
    List<PendingCall.Image> batch = new ArrayList<>(bestBatchSize);
    long pixels = 0;
    while (batch.size() < bestBatchSize && !images.isEmpty()) {
      pixels += pixels(images.getFirst());
      if (pixels > mostPixels && !batch.isEmpty()) {
        break;
      }
      batch.add(images.removeFirst());
    }
    return batch;
  }

  private static long pixels(PendingCall.Image image) {
    RgbImage source = image.request().source();
    return (long) source.width() * source.height();
  }
}
