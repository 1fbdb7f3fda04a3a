package io.viewstream.trainer.feed.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The source records that arrived and belong to no window yet, in the order of their arrival, and
 * where to cut them. A cut is a prefix of that order, so it can be told by an end offset for each
 * partition; it is made where the number of images in it fills whole batches. An image that is
 * withdrawn or comes again within the prefix counts as its last record says.
 *
 * <p>Not safe for several threads.
 */
final class WindowArrivals {

  private final Deque<Arrival> pending = new ArrayDeque<>();
  private final Set<String> live = new HashSet<>();
  private long[] ends;

  private record Arrival(
      int partition, long offset, String imageId, boolean withdrawn, long arrivedNanos) {

    void applyTo(Set<String> images) {
      if (withdrawn) {
        images.remove(imageId);
      } else {
        images.add(imageId);
      }
    }
  }

  /**
   * Nothing has arrived.
   *
   * @param begins where reading begins, for each partition
   */
  WindowArrivals(long[] begins) {
    ends = begins.clone();
  }

  /** Takes a record in, unless it belongs to a window already. */
  void add(int partition, long offset, String imageId, boolean withdrawn, long nowNanos) {
    if (offset >= ends[partition]) {
      Arrival arrival = new Arrival(partition, offset, imageId, withdrawn, nowNanos);
      pending.add(arrival);
      arrival.applyTo(live);
    }
  }

  /** Images that arrived. */
  int images() {
    return live.size();
  }

  /** When the oldest record arrived that belongs to no window. */
  @Nullable Long oldestNanos() {
    Arrival oldest = pending.peek();
    return oldest == null ? null : oldest.arrivedNanos();
  }

  /** End of the last window, for each partition. */
  long[] ends() {
    return ends.clone();
  }

  /**
   * Where a window of whole batches can end: at the first place with the given number of images, or
   * else at the last one whose images fill whole batches.
   *
   * @param images wanted, a multiple of the batch size
   * @return end offset for each partition, or nothing when the images do not fill one batch
   */
  Optional<long[]> cut(int images, int batchSize) {
    long[] cut = ends.clone();
    long @Nullable [] best = null;
    int bestImages = 0;
    Set<String> counted = new HashSet<>();
    for (Arrival arrival : pending) {
      arrival.applyTo(counted);
      cut[arrival.partition()] = arrival.offset() + 1;
      int size = counted.size();
      if (size > 0 && size % batchSize == 0 && size >= bestImages) {
        best = cut.clone();
        bestImages = size;
        if (size == images) {
          break;
        }
      }
    }
    return Optional.ofNullable(best);
  }

  /** What lies before the given ends belongs to windows. */
  void advanceTo(long[] windowEnds) {
    ends = windowEnds.clone();
    pending.removeIf(arrival -> arrival.offset() < ends[arrival.partition()]);
    live.clear();
    pending.forEach(arrival -> arrival.applyTo(live));
  }
}
