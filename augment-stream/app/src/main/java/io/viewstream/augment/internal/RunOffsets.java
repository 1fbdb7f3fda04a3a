package io.viewstream.augment.internal;

import io.viewstream.kafka.CommittedTopic;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Reason;
import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.schemas.SourceRecord;
import io.viewstream.schemas.SyntheticView;
import io.viewstream.schemas.serde.RecordDeserializer;
import io.viewstream.schemas.serde.SchemaRegistry;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/**
 * The committed offsets of one run: where its work stands in source-images. For one thread; the
 * admin client is borrowed.
 */
public final class RunOffsets {
  private final ConnectionSettings connection;
  private final Admin admin;
  private final String group;
  private final String topic;

  public RunOffsets(ConnectionSettings connection, Admin admin, String group) {
    this.connection = connection;
    this.admin = admin;
    this.group = group;
    this.topic = connection.topics().sourceImages();
  }

  /**
   * What the run has committed; partitions without a commit are left out.
   *
   * <p>Offsets in a transaction count from the moment it is committed. Asking for stable offsets
   * would not be safer: the admin client then leaves a partition out while a transaction is open on
   * it, as if it had no commit at all.
   */
  public Map<TopicPartition, Long> committed() {
    KafkaFuture<Map<TopicPartition, OffsetAndMetadata>> future =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata();
    try {
      Map<TopicPartition, Long> offsets = new HashMap<>();
      future
          .get()
          .forEach(
              (partition, offset) -> {
                if (offset != null && partition.topic().equals(topic)) {
                  offsets.put(partition, offset.offset());
                }
              });
      return offsets;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return Map.of();
      }
      throw failed("read the offsets", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.interrupted("Interrupted while reading the offsets of group " + group);
    }
  }

  /**
   * The places behind the last record that each partition of the source topic has now.
   *
   * @param topicId of the source topic
   */
  public List<SourceRecord> ends(String topicId) {
    try (Consumer<byte[], byte[]> consumer = CommittedRecords.consumer(connection)) {
      return consumer
          .endOffsets(CommittedRecords.assignAll(consumer, List.of(topic)))
          .entrySet()
          .stream()
          .map(end -> new SourceRecord(topic, topicId, end.getKey().partition(), end.getValue()))
          .sorted(Comparator.comparingInt(SourceRecord::getPartition))
          .toList();
    } catch (KafkaException e) {
      throw CommandException.failed("Cannot read topic " + topic + ": " + Reason.of(e), e);
    }
  }

  /**
   * Commits for a group without offsets where its run stands: where the run begins, as its
   * declaration says, and behind what is known from its own output. A group has no offsets before
   * the run's first start has set them, whatever crashed before that, and when the broker has
   * forgotten them: it does so when a group had no member for {@code offsets.retention.minutes} (a
   * week by default). The run would begin with the oldest record, and publish every view a second
   * time.
   *
   * <p>The output is as good as the offsets were. Both are written in one transaction, and a
   * partition is worked through in order, so the record after the last settled one is the first
   * open one. (Withdrawn images leave no output; to meet one again does no harm.)
   *
   * @param topicId of the source topic; what belongs to a deleted topic of the same name does not
   *     count
   * @param mayHaveOutput whether the run was known before, so that its output must be read
   */
  public void restore(GenerationRun run, String topicId, boolean mayHaveOutput) {
    Map<TopicPartition, Long> next = new HashMap<>();
    run.getBeginsAt().forEach(first -> beginAt(first.getOffset(), first, topicId, next));
    if (mayHaveOutput) {
      addOutput(run.getRun(), topicId, next);
    }
    commit(next);
  }

  private void addOutput(String run, String topicId, Map<TopicPartition, Long> next) {
    SchemaRegistry registry = connection.schemaRegistry();
    RecordDeserializer<SyntheticView> views =
        new RecordDeserializer<>(registry, SyntheticView.getClassSchema());
    new CommittedTopic(connection, connection.topics().syntheticViews())
        .forEach(
            record -> {
              SyntheticView view = views.deserialize(record.topic(), record.value());
              if (view != null && view.getRun().equals(run)) {
                beginAt(view.getSource().getOffset() + 1, view.getSource(), topicId, next);
              }
            });
    RecordDeserializer<DeadLetter> letters =
        new RecordDeserializer<>(registry, DeadLetter.getClassSchema());
    new CommittedTopic(connection, connection.topics().deadLetters())
        .forEach(
            record -> {
              DeadLetter letter = letters.deserialize(record.topic(), record.value());
              if (letter != null && run.equals(letter.getRun()) && letter.getOrigin() != null) {
                beginAt(letter.getOrigin().getOffset() + 1, letter.getOrigin(), topicId, next);
              }
            });
  }

  private void beginAt(
      long offset, SourceRecord place, String topicId, Map<TopicPartition, Long> next) {
    if (place.getTopicId().equals(topicId)) {
      next.merge(new TopicPartition(topic, place.getPartition()), offset, Math::max);
    }
  }

  private void commit(Map<TopicPartition, Long> offsets) {
    if (offsets.isEmpty()) {
      return;
    }
    try {
      admin
          .alterConsumerGroupOffsets(
              group,
              offsets.entrySet().stream()
                  .collect(
                      Collectors.toMap(
                          Map.Entry::getKey, entry -> new OffsetAndMetadata(entry.getValue()))))
          .all()
          .get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownMemberIdException
          || e.getCause() instanceof GroupNotEmptyException) {
        return; // Another instance of the run is at work, and so the group has its offsets.
      }
      throw failed("set the offsets", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.interrupted("Interrupted while setting the offsets of group " + group);
    }
  }

  /** Whether no instance of the run is at work. */
  public boolean idle() {
    try {
      return admin
          .describeConsumerGroups(List.of(group))
          .describedGroups()
          .get(group)
          .get()
          .members()
          .isEmpty();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return true;
      }
      throw failed("describe", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.interrupted("Interrupted while describing group " + group);
    }
  }

  private CommandException failed(String what, ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return CommandException.failed(
        "Cannot "
            + what
            + " of group "
            + group
            + " on "
            + connection.bootstrapServers()
            + ": "
            + Reason.of(cause),
        cause);
  }
}
