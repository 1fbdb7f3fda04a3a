package io.viewstream.augment.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

class PartitionedKeyTest {
  @Test
  void shouldWriteTheKeyAlone() {
    byte[] key = {1, 2};

    assertThat(PartitionedKey.serializer().serialize("topic", new PartitionedKey(key, 5)))
        .isEqualTo(key);
  }

  @Test
  void shouldGoToItsPartitionWhateverTheKeyIs() {
    for (int partition = 0; partition < 4; partition++) {
      PartitionedKey key = new PartitionedKey(new byte[] {7}, partition);

      assertThat(PartitionedKey.partitioner().partitions("topic", key, "value", 4))
          .contains(Set.of(partition));
    }
  }

  @Test
  void shouldRefuseAPartitionThatTheTopicLacks() {
    assertThatThrownBy(
            () ->
                PartitionedKey.partitioner()
                    .partitions("topic", new PartitionedKey(new byte[0], 4), "value", 4))
        .hasMessage("Topic topic has 4 partitions, none 4");
  }
}
