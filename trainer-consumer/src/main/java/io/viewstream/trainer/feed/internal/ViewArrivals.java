package io.viewstream.trainer.feed.internal;

import io.viewstream.trainer.feed.Horizon;
import io.viewstream.trainer.feed.OffsetRange;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How views come in beside the windows of their images. Not safe for several threads. */
final class ViewArrivals {

  private final long[] lastSource;
  private long inTime;
  private long late;
  private long missed;

  /** No views have come. */
  ViewArrivals(int partitions) {
    lastSource = new long[partitions];
    Arrays.fill(lastSource, -1);
  }

  /**
   * Counts a view.
   *
   * @param firstBegins where reading of the sources began
   * @param begins where the buffer begins now; lies behind it whatever no window will show again
   * @param opened the newest window
   * @return whether it can still be of use
   */
  boolean take(PoolRecord view, long[] firstBegins, long[] begins, @Nullable Horizon opened) {
    int partition = view.partition();
    long source = view.sourceOffset();
    if (source == PoolRecord.NEVER_PAST) {
      // Not in its source's partition: it would never be past.
      return false;
    }
    lastSource[partition] = source;
    if (source < firstBegins[partition]) {
      return false;
    }
    if (source < begins[partition]) {
      missed++;
      return false;
    }
    if (opened != null
        && source < end(opened.sourceImages().partitions(), partition)
        && view.offset() >= end(opened.syntheticViews().partitions(), partition)) {
      late++;
    } else {
      inTime++;
    }
    return true;
  }

  private static long end(List<OffsetRange> ranges, int partition) {
    return partition < ranges.size() ? ranges.get(partition).end() : 0;
  }

  /** Offset of the source of the newest view in a partition; -1 when none has come. */
  long lastSource(int partition) {
    return lastSource[partition];
  }

  long inTime() {
    return inTime;
  }

  long late() {
    return late;
  }

  long missed() {
    return missed;
  }
}
