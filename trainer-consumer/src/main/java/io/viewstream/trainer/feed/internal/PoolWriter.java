package io.viewstream.trainer.feed.internal;

import io.viewstream.schemas.Topic;
import io.viewstream.schemas.TopicNames;
import io.viewstream.trainer.feed.FeedException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Puts records into the store on a thread of its own, while the next ones are fetched. Their fields
 * are found by whoever hands them over, so that two threads share the work; this one checks that
 * they fit, and appends them and how far was read. What waits for it is bounded: whoever hands over
 * more than that waits as well.
 *
 * <p>One thread hands over; it has the store to itself whenever {@link #drain} has returned.
 */
final class PoolWriter implements AutoCloseable {

  // A fetch of the client: it is stored while the next one is read.
  private static final long MAX_WAITING_BYTES = TopicReader.FETCH_BYTES;

  private final PoolStore store;
  private final RecordTranslator translator;
  private final TopicNames names;
  private final long cacheBytes;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("pool-writer").daemon().factory());
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private volatile boolean failed;
  // Above zero once a record did not fit: from then on records are measured and not kept.
  private long bytesLeftOut;

  /**
   * What one poll gave, ready to be stored. Kafka's own records are not among it: the collector
   * would copy them each time while they wait.
   *
   * @param records of each topic, in the order of reading
   * @param bytes of their frames
   * @param positions of each partition of each topic
   */
  private record Batch(
      Map<Topic, List<PoolRecord>> records, long bytes, Map<Topic, Map<Integer, Long>> positions) {}

  /** Something that was handed over and may not be stored yet. */
  private record Waiting(Future<?> storing, long bytes) {}

  /**
   * A writer to a borrowed store.
   *
   * @param names of the topics that records come from
   * @param cacheBytes how much the store may hold
   */
  PoolWriter(PoolStore store, RecordTranslator translator, TopicNames names, long cacheBytes) {
    this.store = store;
    this.translator = translator;
    this.names = names;
    this.cacheBytes = cacheBytes;
  }

  /**
   * Hands over what one poll gave; waits while too much is handed over and not stored. Throws what
   * storing earlier records threw.
   *
   * @param records in the order of reading
   * @param positions where reading goes on behind them, for each partition of all topics
   */
  void hand(ConsumerRecords<ByteBuffer, ByteBuffer> records, Map<TopicPartition, Long> positions) {
    if (failed) {
      drain();
      // What was handed over meanwhile is not in the store: going on would leave it out.
      throw new FeedException("The cache could not be filled before; begin the command again");
    }
    Batch batch = wholeOrFailed(() -> translated(records, positions));
    while (!waiting.isEmpty()
        && (waitingBytes + batch.bytes() > MAX_WAITING_BYTES
            || waiting.getFirst().storing().isDone())) {
      settleFirst();
    }
    waitingBytes += batch.bytes();
    waiting.addLast(new Waiting(thread.submit(() -> keepUnlessFailed(batch)), batch.bytes()));
  }

  private Batch translated(
      ConsumerRecords<ByteBuffer, ByteBuffer> records, Map<TopicPartition, Long> positions) {
    Map<Topic, List<PoolRecord>> translated = new EnumMap<>(Topic.class);
    long bytes = 0;
    for (TopicPartition partition : records.partitions()) {
      Topic topic = names.topic(partition.topic());
      List<PoolRecord> ofTopic = translated.computeIfAbsent(topic, key -> new ArrayList<>());
      for (ConsumerRecord<ByteBuffer, ByteBuffer> record : records.records(partition)) {
        PoolRecord found = translator.translate(topic, record);
        if (found != null) {
          ofTopic.add(found);
          bytes += found.frameBytes();
        }
      }
    }
    Map<Topic, Map<Integer, Long>> ofTopics = new EnumMap<>(Topic.class);
    positions.forEach(
        (partition, position) ->
            ofTopics
                .computeIfAbsent(names.topic(partition.topic()), key -> new HashMap<>())
                .put(partition.partition(), position));
    return new Batch(translated, bytes, ofTopics);
  }

  /** Once something is left out, nothing behind it may be stored. */
  private <T> T wholeOrFailed(Supplier<T> work) {
    boolean whole = false;
    try {
      T done = work.get();
      whole = true;
      return done;
    } finally {
      if (!whole) {
        failed = true;
      }
    }
  }

  /** Waits until what was handed over is stored; throws what storing threw, once. */
  void drain() {
    while (!waiting.isEmpty()) {
      settleFirst();
    }
  }

  private void settleFirst() {
    Waiting first = waiting.removeFirst();
    waitingBytes -= first.bytes();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          first.storing().get();
          return;
        } catch (InterruptedException e) {
          // A batch takes an instant, and only whole ones keep the store and the client in step.
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException known -> throw known;
        case Error error -> throw error;
        default -> throw new IllegalStateException(e.getCause());
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void keepUnlessFailed(Batch batch) {
    if (!failed) {
      wholeOrFailed(
          () -> {
            keep(batch);
            return batch;
          });
    }
  }

  private void keep(Batch batch) {
    // Counted here: the store would add up its segments for every record.
    long usedBytes = store.usedBytes();
    for (Map.Entry<Topic, List<PoolRecord>> ofTopic : batch.records().entrySet()) {
      for (PoolRecord record : ofTopic.getValue()) {
        int frameBytes = record.frameBytes();
        if (bytesLeftOut > 0 || usedBytes + frameBytes > cacheBytes) {
          bytesLeftOut += frameBytes;
        } else {
          store.append(ofTopic.getKey(), record);
          usedBytes += frameBytes;
        }
      }
    }
    if (bytesLeftOut == 0) {
      batch.positions().forEach((topic, positions) -> keepPositions(store.log(topic), positions));
    }
  }

  private static void keepPositions(TopicLog log, Map<Integer, Long> positions) {
    Map<Integer, Long> moved = new HashMap<>(positions);
    moved.entrySet().removeIf(at -> at.getValue() == log.position(at.getKey()));
    if (!moved.isEmpty()) {
      log.appendPositions(moved);
    }
  }

  /** Bytes of records that did not fit into the cache; call {@link #drain} before. */
  long bytesLeftOut() {
    return bytesLeftOut;
  }

  /** Ends the thread; what was handed over is stored before. */
  @Override
  public void close() {
    thread.close();
  }
}
