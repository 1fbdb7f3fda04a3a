package io.viewstream.trainer.feed.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.trainer.feed.internal.PoolStore.TopicIdentity;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.junit.jupiter.api.Test;

class AddedPartitionsTest {

  private static final List<TopicIdentity> READ =
      List.of(new TopicIdentity("images", "id", 2), new TopicIdentity("views", "id", 2));

  @Test
  void shouldTellOnceOfATopicThatHasGrown() {
    AddedPartitions added = new AddedPartitions();
    try (MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest")) {
      consumer.updatePartitions("images", partitions("images", 2));
      consumer.updatePartitions("views", partitions("views", 2));
      assertThat(added.look(consumer, READ)).isEmpty();

      consumer.updatePartitions("views", partitions("views", 3));
      assertThat(added.look(consumer, READ))
          .singleElement()
          .asString()
          .startsWith("views now has 3 partitions; this command reads the 2 that there were");
      assertThat(added.look(consumer, READ)).isEmpty();
    }
  }

  private static List<PartitionInfo> partitions(String topic, int count) {
    Node[] none = {};
    return IntStream.range(0, count)
        .mapToObj(partition -> new PartitionInfo(topic, partition, null, none, none))
        .toList();
  }
}
