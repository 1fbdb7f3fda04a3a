package io.viewstream.augment.internal;

import io.viewstream.schemas.SourceRecord;
import java.time.InstantSource;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Turns each source record into all of its views or one dead letter.
 *
 * <p><b>Contract.</b> For a source record r and a run of K views, a reader of committed records
 * sees one of these, once, whatever crashes in between:
 *
 * <pre>
 *   [r/0 r/1 … r/K-1]     in this order, on r's partition number
 *   [dead letter of r]
 *   []                    when r's value is null: the image is withdrawn, readers drop its views
 * </pre>
 *
 * and never a part of the views, views and a dead letter, or anything twice.
 *
 * <p><b>Why {@code process()} blocks.</b> A model wants large batches, so the obvious design
 * buffers records here, returns, and forwards the views when a batch is full or a punctuator fires.
 * Under exactly-once that loses data. Streams commits the offset of every record that {@code
 * process()} has returned from. A buffered record is one of these, and its views are not in the
 * transaction yet. The public API has no call that comes before that commit: {@code
 * StateStore.flush()} and {@code commit(Map)} run after the offsets are sent. A process that is
 * killed between such a commit and the next flush has committed the offsets of records whose views
 * never were; nothing reports it. Tried with repeated SIGKILLs, 84 of 8,000 records were lost that
 * way. (Draining the buffer inside the commit is possible on internal interfaces of Streams only.)
 *
 * <p>So this class keeps one rule: when {@code process()} returns, everything that the record
 * yields has been forwarded. Offsets and views are then in the same transaction by Streams' own
 * doing (KIP-129, KIP-447), and there is no state to restore, no buffer to lose and nothing to do
 * on commit, rebalance or close.
 *
 * <p><b>Where batches come from instead.</b> The K views of one record are one call. And all stream
 * threads share one {@code BatchingGenerator}: it joins the calls of the threads that are blocked
 * at the same time into one call of the model. While one thread waits for its views, others decode
 * and encode theirs. Throughput grows with the stream threads, not with a buffer.
 *
 * <p><b>What it costs.</b> A thread that blocks does not poll, so {@code max.poll.interval.ms} and
 * the transaction timeout follow from the deadline of a call; see {@link StreamsSettings}.
 *
 * <p><b>Exceptions.</b> Those of {@link RecordSettler} leave {@code process()} and stop the
 * instance, with the transaction aborted. {@code forward} is called outside of any try, because
 * Kafka's own control exceptions (a task migrated, a task corrupted) come out of it, and Streams
 * must see them.
 *
 * <p>One instance belongs to one task. {@code process} runs on the stream thread of the task, which
 * is also the only thread that may call {@code forward}; nothing here is handed to another thread.
 */
public final class AugmentProcessor implements Processor<byte[], byte[], PartitionedKey, byte[]> {
  private final String sourceTopicId;
  private final RecordSettler settler;
  private final GenerationMetrics metrics;
  private final InstantSource clock;
  // Set by Streams before the first record.
  private @Nullable ProcessorContext<PartitionedKey, byte[]> context;

  /**
   * A processor for one task.
   *
   * @param sourceTopicId Kafka's id of the source topic
   * @param settler borrowed, shared with the other tasks
   * @param metrics borrowed, shared with the other tasks
   */
  AugmentProcessor(
      String sourceTopicId, RecordSettler settler, GenerationMetrics metrics, InstantSource clock) {
    this.sourceTopicId = sourceTopicId;
    this.settler = settler;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void init(ProcessorContext<PartitionedKey, byte[]> context) {
    this.context = context;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    ProcessorContext<PartitionedKey, byte[]> target = context;
    if (target == null) {
      throw new IllegalStateException("process() before init()");
    }
    byte @Nullable [] value = record.value();
    if (value == null) {
      return;
    }
    RecordMetadata position =
        target
            .recordMetadata()
            .orElseThrow(() -> new IllegalStateException("A source record has a position"));
    SourceRecord origin =
        new SourceRecord(position.topic(), sourceTopicId, position.partition(), position.offset());
    Settlement settlement = settler.settle(origin, record.key(), value);

    PartitionedKey key = new PartitionedKey(settlement.key(), position.partition());
    // Not the source's own time: a topic with a finite retention would drop views of old images.
    long timestamp = clock.millis();
    switch (settlement) {
      case Settlement.Views views -> {
        for (byte[] view : views.values()) {
          target.forward(new Record<>(key, view, timestamp), AugmentTopology.VIEWS);
        }
        metrics.settled(views.values().size());
      }
      case Settlement.GivenUp givenUp -> {
        target.forward(new Record<>(key, givenUp.value(), timestamp), AugmentTopology.DEAD_LETTERS);
        metrics.givenUp(givenUp.category());
      }
    }
  }
}
