package io.viewstream.trainer.feed.internal;

import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.OffsetRange;
import io.viewstream.trainer.feed.TopicHorizon;
import org.apache.kafka.common.TopicPartition;

/** Whether the cache, the topics and a horizon still fit each other; if not, why. */
final class OffsetChecks {

  private OffsetChecks() {}

  /** Checks that a horizon is of the topic that is held, and begins where that begins or later. */
  static void holds(TopicHorizon wanted, TopicHorizon held) {
    if (!wanted.topicId().equals(held.topicId())) {
      throw new FeedException(
          "The horizon is of topic "
              + wanted.topic()
              + " with id "
              + wanted.topicId()
              + ", the topic of that name now has id "
              + held.topicId()
              + ": it was deleted and made again, so it cannot be replayed");
    }
    for (int partition = 0; partition < wanted.partitions().size(); partition++) {
      OffsetRange range = wanted.partitions().get(partition);
      long begin =
          partition < held.partitions().size()
              ? held.partitions().get(partition).begin()
              : Long.MAX_VALUE;
      if (range.begin() < begin && range.length() > 0) {
        throw new FeedException(
            "The horizon begins at offset "
                + range.begin()
                + " of "
                + wanted.topic()
                + "-"
                + partition
                + ", the cache at "
                + begin
                + ": the records between have expired, so it cannot be replayed");
      }
    }
  }

  /** Checks that reading can go on at a position: nothing in between expired or was lost. */
  static void within(TopicPartition partition, long position, long begin, long end) {
    if (position < begin) {
      throw new FeedException(
          "Records of "
              + partition
              + " expired before they were read: the cache ends at offset "
              + position
              + ", the partition begins at "
              + begin
              + "; set the topic's retention.ms and retention.bytes to -1, and give an empty"
              + " --cache-dir to train on what is left");
    }
    if (position > end) {
      throw new FeedException(
          "The cache has read "
              + partition
              + " up to offset "
              + position
              + ", but it ends at "
              + end
              + ": the cluster lost records; give an empty --cache-dir");
    }
  }
}
