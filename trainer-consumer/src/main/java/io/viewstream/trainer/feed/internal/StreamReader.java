package io.viewstream.trainer.feed.internal;

import io.viewstream.schemas.Topic;
import io.viewstream.schemas.TopicNames;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.Horizon;
import io.viewstream.trainer.feed.OffsetRange;
import io.viewstream.trainer.feed.TopicHorizon;
import io.viewstream.trainer.feed.ViewPoolSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads an endless feed into a {@link WindowStore}, on a thread of its own that polls all the time.
 * Partitions that the store does not want are paused, so records wait on the broker. Partitions are
 * assigned, so there is no group that could take them away while training is slow.
 *
 * <p>Records that expire before they are read are counted, and reading goes on behind them, unless
 * a recorded window needs them.
 */
public final class StreamReader implements AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(StreamReader.class);
  // By so many a window and the cache may be exceeded.
  private static final int MAX_POLL_RECORDS = 500;
  // Partitions are read evenly and often paused; each keeps the fetch that it came in in the heap.
  private static final int FETCH_BYTES = 1 << 20;
  // A batch of the producer, of .5 MB, just fits.
  private static final int PARTITION_BYTES = 600 << 10;
  // Partitions that are wanted again while a poll finds nothing are asked for by the next one.
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);
  private static final long ENDS_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();
  private static final List<Topic> TOPICS = List.of(Topic.SOURCE_IMAGES, Topic.SYNTHETIC_VIEWS);

  private final Consumer<ByteBuffer, ByteBuffer> consumer;
  private final RecordTranslator translator;
  private final Map<Topic, List<TopicPartition>> partitions = new HashMap<>();
  private final TopicNames names;
  private final Map<TopicPartition, Long> knownEnds = new HashMap<>();
  private final List<PoolStore.TopicIdentity> topics = new ArrayList<>();
  private final AddedPartitions addedPartitions = new AddedPartitions();
  private final AtomicLong lostRecords = new AtomicLong();
  private final AtomicLong lagRecords = new AtomicLong();
  private final AtomicLong malformedRecords = new AtomicLong();
  // Set by start(), which is called once.
  private @Nullable Thread thread;
  private volatile boolean closed;
  // Of the reading thread alone.
  private long endsNanos;
  private @Nullable Horizon committed;

  private StreamReader(Consumer<ByteBuffer, ByteBuffer> consumer, ViewPoolSettings settings) {
    this.consumer = consumer;
    this.translator = new RecordTranslator(settings.connection());
    this.names = settings.connection().topics();
  }

  /**
   * Connects, and goes to where reading begins: the given horizon, or the beginnings of the topics.
   * The store's logs learn of it.
   *
   * @param store borrowed until this returns
   * @throws FeedException if the cluster does not answer
   */
  public static StreamReader connect(
      ViewPoolSettings settings, PoolStore store, Optional<Horizon> from) {
    Consumer<ByteBuffer, ByteBuffer> consumer =
        PoolConsumer.open(settings, MAX_POLL_RECORDS, FETCH_BYTES, PARTITION_BYTES);
    try {
      StreamReader reader = new StreamReader(consumer, settings);
      reader.seek(store, from);
      return reader;
    } catch (KafkaException e) {
      PoolConsumer.giveUp(consumer);
      throw PoolConsumer.notConnected(settings, e);
    } catch (RuntimeException e) {
      PoolConsumer.giveUp(consumer);
      throw e;
    }
  }

  private void seek(PoolStore store, Optional<Horizon> from) {
    List<TopicPartition> all = new ArrayList<>();
    for (Topic topic : TOPICS) {
      PoolStore.TopicIdentity identity = store.log(topic).topic();
      topics.add(identity);
      List<TopicPartition> own = new ArrayList<>();
      for (int partition = 0; partition < identity.partitions(); partition++) {
        own.add(new TopicPartition(identity.name(), partition));
      }
      partitions.put(topic, own);
      all.addAll(own);
    }
    consumer.assign(all);
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(all);
    for (Topic topic : TOPICS) {
      List<OffsetRange> ranges =
          from.map(horizon -> horizonOf(topic, horizon).partitions()).orElse(List.of());
      Map<Integer, Long> offsets = new HashMap<>();
      for (TopicPartition partition : of(topic)) {
        int number = partition.partition();
        long wanted = number < ranges.size() ? ranges.get(number).begin() : 0;
        offsets.put(number, Math.max(wanted, begins.getOrDefault(partition, 0L)));
        consumer.seek(partition, offsets.getOrDefault(number, 0L));
      }
      store.log(topic).appendBeginnings(offsets);
    }
  }

  private static TopicHorizon horizonOf(Topic topic, Horizon horizon) {
    return topic == Topic.SOURCE_IMAGES ? horizon.sourceImages() : horizon.syntheticViews();
  }

  private List<TopicPartition> of(Topic topic) {
    return partitions.getOrDefault(topic, List.of());
  }

  /** Begins to read; called once. */
  public void start(WindowStore store) {
    thread = Thread.ofPlatform().name("stream-reader").daemon().start(() -> read(store));
  }

  private void read(WindowStore store) {
    try (consumer) {
      while (!closed) {
        refreshEnds(store);
        pauseAndResume(store);
        poll(store);
        commit(store);
      }
    } catch (WakeupException e) {
      // Only close() wakes this thread up.
    } catch (RuntimeException | Error e) {
      // An error too: a thread that died silently would leave the training waiting for ever.
      store.fail(e);
    }
  }

  private void pauseAndResume(WindowStore store) {
    List<TopicPartition> wanted = new ArrayList<>();
    List<TopicPartition> unwanted = new ArrayList<>();
    for (Topic topic : TOPICS) {
      for (TopicPartition partition : of(topic)) {
        (store.wants(topic, partition.partition()) ? wanted : unwanted).add(partition);
      }
    }
    consumer.resume(wanted);
    consumer.pause(unwanted);
  }

  private void poll(WindowStore store) {
    List<WindowStore.Delivered> records = new ArrayList<>();
    try {
      ConsumerRecords<ByteBuffer, ByteBuffer> polled = consumer.poll(POLL);
      for (TopicPartition partition : polled.partitions()) {
        Topic topic = names.topic(partition.topic());
        for (ConsumerRecord<ByteBuffer, ByteBuffer> record : polled.records(partition)) {
          PoolRecord translated = translator.translate(topic, record);
          if (translated != null) {
            records.add(new WindowStore.Delivered(topic, translated));
          }
        }
      }
    } catch (OffsetOutOfRangeException e) {
      goOnBehindWhatExpired(e, store);
    }
    malformedRecords.set(translator.malformedRecords());
    store.deliver(
        records,
        positions(Topic.SOURCE_IMAGES),
        positions(Topic.SYNTHETIC_VIEWS),
        allViewsRead(store));
  }

  private long[] positions(Topic topic) {
    return of(topic).stream().mapToLong(consumer::position).toArray();
  }

  private boolean allViewsRead(WindowStore store) {
    for (TopicPartition partition : of(Topic.SYNTHETIC_VIEWS)) {
      if (store.wants(Topic.SYNTHETIC_VIEWS, partition.partition())
          && consumer.currentLag(partition).orElse(1) > 0) {
        return false;
      }
    }
    return true;
  }

  private void goOnBehindWhatExpired(OffsetOutOfRangeException cause, WindowStore store) {
    Map<TopicPartition, Long> positions = cause.offsetOutOfRangePartitions();
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(positions.keySet());
    positions.forEach(
        (partition, position) -> {
          long begin = begins.getOrDefault(partition, 0L);
          Topic topic = names.topic(partition.topic());
          if (begin <= position || position < store.targetEnd(topic, partition.partition())) {
            throw new FeedException(
                "Records of %s from offset %d on are no longer there (it begins at %d), but a recorded window needs them or the cluster lost them; the training cannot go on to the same batches: begin a new one with another --checkpoint-dir"
                    .formatted(partition, position, begin),
                cause);
          }
          lostRecords.addAndGet(begin - position);
          logger.warn(
              "Records {} to {} of {} expired before they were read; training goes on at the"
                  + " earliest there is. Raise the topic's retention.ms or retention.bytes, or"
                  + " train faster",
              position,
              begin - 1,
              partition);
          consumer.seek(partition, begin);
        });
  }

  /** Looks now and then where the topics end; an answer that does not come changes nothing. */
  private void refreshEnds(WindowStore store) {
    long now = System.nanoTime();
    if (!knownEnds.isEmpty() && now - endsNanos < ENDS_INTERVAL_NANOS) {
      return;
    }
    endsNanos = now;
    try {
      List<TopicPartition> all = TOPICS.stream().flatMap(topic -> of(topic).stream()).toList();
      knownEnds.putAll(consumer.endOffsets(all, CALL_TIMEOUT));
      addedPartitions.look(consumer, topics).forEach(logger::warn);
    } catch (org.apache.kafka.common.errors.TimeoutException e) {
      logger.debug("The ends of the topics are not known", e);
      return;
    }
    Optional<Horizon> opened = store.opened();
    long lag = 0;
    for (Topic topic : TOPICS) {
      for (TopicPartition partition : of(topic)) {
        long end = knownEnds.getOrDefault(partition, 0L);
        if (end < store.targetEnd(topic, partition.partition())) {
          throw new FeedException(
              "%s ends at %d, but a recorded window needs it up to %d: the cluster lost records, so the training cannot be repeated"
                  .formatted(partition, end, store.targetEnd(topic, partition.partition())));
        }
        lag += Math.max(0, end - seenUpTo(topic, partition, opened));
      }
    }
    lagRecords.set(lag);
  }

  private long seenUpTo(Topic topic, TopicPartition partition, Optional<Horizon> opened) {
    int number = partition.partition();
    List<OffsetRange> ranges =
        opened.map(horizon -> horizonOf(topic, horizon).partitions()).orElse(List.of());
    return number < ranges.size() ? ranges.get(number).end() : consumer.position(partition);
  }

  /** For people who watch the group's lag; nothing is read by these offsets. */
  private void commit(WindowStore store) {
    Horizon opened = store.opened().orElse(null);
    if (opened == null || opened.equals(committed)) {
      return;
    }
    committed = opened;
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (Topic topic : TOPICS) {
      for (TopicPartition partition : of(topic)) {
        offsets.put(
            partition, new OffsetAndMetadata(seenUpTo(topic, partition, Optional.of(opened))));
      }
    }
    consumer.commitAsync(
        offsets,
        (committedOffsets, exception) -> {
          if (exception != null) {
            logger.debug("Cannot commit offsets, so tools show too large a lag", exception);
          }
        });
  }

  /** Offsets that expired before they were read. */
  public long lostRecords() {
    return lostRecords.get();
  }

  /** Offsets of both topics behind the newest window, as of a second ago. */
  public long lagRecords() {
    return lagRecords.get();
  }

  /** Records that could not be read and were left out. */
  public long malformedRecords() {
    return malformedRecords.get();
  }

  @Override
  public void close() {
    closed = true;
    Thread reading = thread;
    if (reading == null) {
      consumer.close();
      return;
    }
    consumer.wakeup();
    boolean interrupted = false;
    while (reading.isAlive()) {
      try {
        reading.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
