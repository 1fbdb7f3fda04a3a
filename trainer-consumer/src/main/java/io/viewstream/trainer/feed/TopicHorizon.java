package io.viewstream.trainer.feed;

import java.util.List;

/**
 * How far one topic was visible.
 *
 * @param topic name of the topic
 * @param topicId Kafka's id of the topic, which tells it from a later one of the same name
 * @param partitions the visible range of each partition, from partition 0: from where reading began
 *     up to the last stable offset
 */
public record TopicHorizon(String topic, String topicId, List<OffsetRange> partitions) {

  /** Copies the list. */
  public TopicHorizon {
    partitions = List.copyOf(partitions);
  }

  /** End offset of each partition. */
  public long[] ends() {
    return partitions.stream().mapToLong(OffsetRange::end).toArray();
  }

  /** Offsets in all partitions together. */
  public long length() {
    return partitions.stream().mapToLong(OffsetRange::length).sum();
  }
}
