package io.viewstream.trainer.feed.internal;

import io.viewstream.trainer.feed.OffsetRange;
import io.viewstream.trainer.feed.TopicHorizon;

/** The range of each partition that a horizon shows of a topic. Immutable. */
final class VisibleOffsets {

  private final long[] begins;
  private final long[] ends;

  private VisibleOffsets(long[] begins, long[] ends) {
    this.begins = begins;
    this.ends = ends;
  }

  static VisibleOffsets of(TopicHorizon horizon) {
    return new VisibleOffsets(
        horizon.partitions().stream().mapToLong(OffsetRange::begin).toArray(), horizon.ends());
  }

  boolean contains(int partition, long offset) {
    return offset >= begin(partition) && offset < end(partition);
  }

  /** First visible offset; a partition that the horizon does not know shows nothing. */
  long begin(int partition) {
    return partition < begins.length ? begins[partition] : 0;
  }

  /** Offset behind the last visible one. */
  long end(int partition) {
    return partition < ends.length ? ends[partition] : 0;
  }
}
