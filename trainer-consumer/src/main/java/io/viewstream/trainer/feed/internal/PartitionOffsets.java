package io.viewstream.trainer.feed.internal;

import io.viewstream.trainer.feed.OffsetRange;
import io.viewstream.trainer.feed.TopicHorizon;
import java.util.ArrayList;
import java.util.List;

/** Offsets of one topic, one for each partition from 0 on, as plain arrays. */
final class PartitionOffsets {

  private PartitionOffsets() {}

  /** Where a horizon begins. */
  static long[] begins(TopicHorizon horizon) {
    return horizon.partitions().stream().mapToLong(OffsetRange::begin).toArray();
  }

  /** The horizon between some offsets of a topic. */
  static TopicHorizon horizon(PoolStore.TopicIdentity topic, long[] begins, long[] ends) {
    List<OffsetRange> ranges = new ArrayList<>();
    for (int partition = 0; partition < ends.length; partition++) {
      ranges.add(new OffsetRange(begins[partition], ends[partition]));
    }
    return new TopicHorizon(topic.name(), topic.id(), ranges);
  }

  /**
   * Offsets for all partitions.
   *
   * @param offsets perhaps of fewer partitions, since the topic has grown
   * @param otherwise of all partitions; stands for what is missing
   */
  static long[] fitted(long[] offsets, long[] otherwise) {
    long[] fitted = otherwise.clone();
    System.arraycopy(offsets, 0, fitted, 0, Math.min(offsets.length, fitted.length));
    return fitted;
  }

  /** Whether each offset is at least the other one of its partition. */
  static boolean notBefore(long[] offsets, long[] others) {
    for (int partition = 0; partition < Math.min(offsets.length, others.length); partition++) {
      if (offsets[partition] < others[partition]) {
        return false;
      }
    }
    return true;
  }
}
