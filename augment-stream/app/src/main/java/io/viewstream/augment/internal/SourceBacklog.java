package io.viewstream.augment.internal;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Reason;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/**
 * How much of the source topic, as it was when this was created, a run has still to do. For one
 * thread.
 *
 * <p>Offsets are not records: transaction markers and aborted records take offsets too. Streams
 * commits past those that follow a record, but a partition that holds nothing else never gets a
 * commit. So a partition whose commit stands still is looked into, and is done when no record is
 * left before its end.
 */
public final class SourceBacklog {
  private static final Duration POLL = Duration.ofMillis(200);

  /** Looks without any progress before a partition is looked into, which reads from it. */
  private static final int PATIENCE = 5;

  private static final int PROBE_POLLS = 10;

  private final ConnectionSettings connection;
  private final RunOffsets offsets;

  /** End of each partition that is not done yet. Shrinks. */
  private final Map<TopicPartition, Long> open = new HashMap<>();

  /** Where each partition stood at the last look. */
  private final Map<TopicPartition, Long> positions = new HashMap<>();

  /** Looks since the last progress. */
  private int idleLooks;

  /**
   * Reads the ends of the source topic.
   *
   * @throws CommandException when they cannot be read
   */
  public SourceBacklog(ConnectionSettings connection, RunOffsets offsets) {
    this.connection = connection;
    this.offsets = offsets;
    try (Consumer<byte[], byte[]> consumer = CommittedRecords.consumer(connection)) {
      List<TopicPartition> partitions =
          CommittedRecords.assignAll(consumer, List.of(connection.topics().sourceImages()));
      positions.putAll(consumer.beginningOffsets(partitions));
      open.putAll(consumer.endOffsets(partitions));
    } catch (KafkaException e) {
      throw failed(e);
    }
    update(offsets.committed());
  }

  /**
   * Asks for the run's commits.
   *
   * @return how many offsets are still to be done; 0 when all is
   * @throws CommandException when the topic or the commits cannot be read, for good
   */
  public long refresh() {
    try {
      look();
    } catch (CommandException e) {
      if (!(e.getCause() instanceof RetriableException)) {
        throw e;
      }
      // The broker is away for a while; so is the stage, and both come back.
    }
    return remaining();
  }

  private void look() {
    Map<TopicPartition, Long> before = Map.copyOf(positions);
    update(offsets.committed());
    idleLooks = positions.equals(before) ? idleLooks + 1 : 0;
    if (!open.isEmpty() && idleLooks >= PATIENCE) {
      idleLooks = 0;
      try {
        skipMarkers();
      } catch (KafkaException e) {
        throw failed(e);
      }
    }
  }

  private CommandException failed(KafkaException cause) {
    return CommandException.failed(
        "Cannot read topic " + connection.topics().sourceImages() + ": " + Reason.of(cause), cause);
  }

  /** How many offsets were still to be done at the last look. */
  public long remaining() {
    return open.entrySet().stream()
        .mapToLong(entry -> entry.getValue() - positions.getOrDefault(entry.getKey(), 0L))
        .sum();
  }

  private void update(Map<TopicPartition, Long> committed) {
    committed.forEach((partition, offset) -> positions.merge(partition, offset, Math::max));
    open.entrySet()
        .removeIf(entry -> positions.getOrDefault(entry.getKey(), 0L) >= entry.getValue());
  }

  private void skipMarkers() {
    try (Consumer<byte[], byte[]> consumer = CommittedRecords.probe(connection)) {
      for (TopicPartition partition : List.copyOf(open.keySet())) {
        long end = open.getOrDefault(partition, 0L);
        consumer.assign(List.of(partition));
        consumer.seek(partition, positions.getOrDefault(partition, 0L));
        ConsumerRecords<byte[], byte[]> records = ConsumerRecords.empty();
        for (int i = 0;
            i < PROBE_POLLS && records.isEmpty() && consumer.position(partition) < end;
            i++) {
          records = consumer.poll(POLL);
        }
        boolean onlyMarkers =
            records.isEmpty()
                ? consumer.position(partition) >= end
                : records.iterator().next().offset() >= end;
        if (onlyMarkers) {
          open.remove(partition);
        }
      }
    }
  }
}
