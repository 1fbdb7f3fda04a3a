package io.viewstream.trainer.feed.internal;

import io.viewstream.trainer.feed.internal.PoolStore.TopicIdentity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * Finds topics that have got more partitions than are read. A training reads those that there were
 * when it began, since its horizons speak of them; another start reads all. The client learns of
 * new ones within {@code metadata.max.age.ms}, 5 minutes.
 */
final class AddedPartitions {

  private final Set<String> told = new HashSet<>();

  /** A line for each topic that was found larger for the first time. */
  List<String> look(Consumer<?, ?> consumer, Collection<TopicIdentity> read) {
    List<String> lines = new ArrayList<>();
    for (TopicIdentity topic : read) {
      // Answered from what the client knows of the topics that it reads.
      int partitions = consumer.partitionsFor(topic.name()).size();
      if (partitions > topic.partitions() && told.add(topic.name())) {
        lines.add(
            "%s now has %d partitions; this command reads the %d that there were when it began, and what is in the others is left out: end it and begin it again"
                .formatted(topic.name(), partitions, topic.partitions()));
      }
    }
    return lines;
  }
}
