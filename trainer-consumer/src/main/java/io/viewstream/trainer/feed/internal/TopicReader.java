package io.viewstream.trainer.feed.internal;

import io.viewstream.kafka.command.Reason;
import io.viewstream.schemas.Topic;
import io.viewstream.schemas.TopicNames;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.FillProgress;
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
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topics on the thread that calls; a {@link PoolWriter} stores what was read meanwhile.
 * Partitions are assigned, not subscribed to: every trainer reads all of them, and the store knows
 * where to go on.
 */
public final class TopicReader implements AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(TopicReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  // Enough small images for the writer to have something to do meanwhile.
  private static final int MAX_POLL_RECORDS = 500;

  /** The most that one fetch brings; less makes the filling slower, more is more to collect. */
  static final int FETCH_BYTES = 4 << 20;

  // One partition may fill a fetch: the broker sends a part of the batch at each partition's end,
  // which the client drops and asks for again.
  private static final int PARTITION_BYTES = FETCH_BYTES;

  private static final Duration FINISH_TIMEOUT = Duration.ofSeconds(5);
  private static final List<Topic> TOPICS =
      List.of(Topic.SOURCE_IMAGES, Topic.SYNTHETIC_VIEWS, Topic.DEAD_LETTERS);

  private final Consumer<ByteBuffer, ByteBuffer> consumer;
  private final PoolStore store;
  private final RecordTranslator translator;
  private final PoolWriter writer;
  private final long cacheBytes;
  private final TopicNames names;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final List<PoolStore.TopicIdentity> topics = new ArrayList<>();
  private final AddedPartitions addedPartitions = new AddedPartitions();

  private TopicReader(
      Consumer<ByteBuffer, ByteBuffer> consumer, ViewPoolSettings settings, PoolStore store) {
    this.consumer = consumer;
    this.store = store;
    this.translator = new RecordTranslator(settings.connection());
    this.cacheBytes = settings.cacheBytes();
    this.names = settings.connection().topics();
    for (Topic topic : TOPICS) {
      PoolStore.TopicIdentity identity = store.log(topic).topic();
      topics.add(identity);
      for (int partition = 0; partition < identity.partitions(); partition++) {
        partitions.add(new TopicPartition(identity.name(), partition));
      }
    }
    this.writer = new PoolWriter(store, translator, names, cacheBytes);
  }

  /**
   * Connects and goes to where the store ends.
   *
   * @param store borrowed
   * @throws FeedException if records behind the store's end have expired, the topics end before it,
   *     or the cluster does not answer
   */
  public static TopicReader connect(ViewPoolSettings settings, PoolStore store) {
    Consumer<ByteBuffer, ByteBuffer> consumer =
        PoolConsumer.open(settings, MAX_POLL_RECORDS, FETCH_BYTES, PARTITION_BYTES);
    try {
      // Its writer has no thread before something is handed over.
      TopicReader reader = new TopicReader(consumer, settings, store);
      reader.seek();
      return reader;
    } catch (KafkaException e) {
      PoolConsumer.giveUp(consumer);
      throw PoolConsumer.notConnected(settings, e);
    } catch (RuntimeException e) {
      PoolConsumer.giveUp(consumer);
      throw e;
    }
  }

  private void seek() {
    consumer.assign(partitions);
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<Topic, Map<Integer, Long>> fresh = new HashMap<>();
    for (TopicPartition partition : partitions) {
      Topic topic = names.topic(partition.topic());
      long begin = begins.getOrDefault(partition, 0L);
      long position = store.log(topic).position(partition.partition());
      if (position < 0) {
        fresh.computeIfAbsent(topic, t -> new HashMap<>()).put(partition.partition(), begin);
        position = begin;
      }
      OffsetChecks.within(partition, position, begin, ends.getOrDefault(partition, 0L));
      consumer.seek(partition, position);
    }
    fresh.forEach((topic, offsets) -> store.log(topic).appendBeginnings(offsets));
  }

  /**
   * The present end of both topics.
   *
   * @throws FeedException if the cluster does not tell
   */
  public Horizon freezeHorizon() throws InterruptedException {
    Map<TopicPartition, Long> ends = endsOf(partitions);
    return new Horizon(
        store.clusterId(), ends(Topic.SOURCE_IMAGES, ends), ends(Topic.SYNTHETIC_VIEWS, ends));
  }

  private Map<TopicPartition, Long> endsOf(List<TopicPartition> asked) throws InterruptedException {
    try {
      addedPartitions.look(consumer, topics).forEach(logger::warn);
      return consumer.endOffsets(asked);
    } catch (InterruptException e) {
      throw PoolConsumer.interrupted(e);
    } catch (KafkaException e) {
      throw new FeedException("Cannot find the ends of the topics: " + Reason.of(e), e);
    }
  }

  private TopicHorizon ends(Topic topic, Map<TopicPartition, Long> ends) {
    TopicLog log = store.log(topic);
    List<OffsetRange> ranges = new ArrayList<>();
    for (int partition = 0; partition < log.topic().partitions(); partition++) {
      long begin = log.beginning(partition);
      TopicPartition key = new TopicPartition(log.topic().name(), partition);
      ranges.add(new OffsetRange(begin, Math.max(begin, ends.getOrDefault(key, 0L))));
    }
    return new TopicHorizon(log.topic().name(), log.topic().id(), ranges);
  }

  /**
   * Reads until the store holds everything before the horizon, and the dead letters there are.
   *
   * @throws FeedException if the cache is too small, or records have expired
   */
  public void readTo(Horizon horizon, FillProgress progress) throws InterruptedException {
    Map<TopicPartition, Long> targets = new HashMap<>();
    target(horizon.sourceImages(), targets);
    target(horizon.syntheticViews(), targets);
    List<TopicPartition> deadLetters =
        partitions.stream().filter(p -> names.topic(p.topic()) == Topic.DEAD_LETTERS).toList();
    targets.putAll(endsOf(deadLetters));
    long total = missing(targets);
    if (total == 0) {
      return;
    }
    try {
      // Finds the group's coordinator while records are read, so that the commit at the end does
      // not wait for it.
      consumer.commitAsync(offsets(), (committed, exception) -> debug(exception));
      long missing = total;
      while (missing > 0) {
        progress.filled(total - missing, total);
        pauseWhatIsDone(targets);
        poll(POLL);
        missing = missing(targets);
      }
      writer.drain();
      progress.filled(total, total);
      consumer.resume(partitions);
      if (writer.bytesLeftOut() > 0) {
        throw tooSmall();
      }
      commit();
    } catch (KafkaException e) {
      throw PoolConsumer.failedWhileReading(e);
    }
  }

  /**
   * Waits for new records, and reads what comes first.
   *
   * @throws FeedException as {@link #readTo}
   */
  public void await(Duration duration) throws InterruptedException {
    try {
      poll(duration);
      writer.drain();
    } catch (KafkaException e) {
      throw PoolConsumer.failedWhileReading(e);
    }
  }

  private static void target(TopicHorizon horizon, Map<TopicPartition, Long> targets) {
    long[] ends = horizon.ends();
    for (int partition = 0; partition < ends.length; partition++) {
      targets.put(new TopicPartition(horizon.topic(), partition), ends[partition]);
    }
  }

  private long missing(Map<TopicPartition, Long> targets) {
    long missing = 0;
    for (Map.Entry<TopicPartition, Long> target : targets.entrySet()) {
      missing += Math.max(0, target.getValue() - consumer.position(target.getKey()));
    }
    return missing;
  }

  private void pauseWhatIsDone(Map<TopicPartition, Long> targets) {
    List<TopicPartition> done = new ArrayList<>();
    targets.forEach(
        (partition, end) -> {
          if (consumer.position(partition) >= end) {
            done.add(partition);
          }
        });
    consumer.pause(done);
  }

  /** Hands over what comes within the given time. */
  private void poll(Duration patience) {
    ConsumerRecords<ByteBuffer, ByteBuffer> records = consumer.poll(patience);
    writer.hand(records, positions());
  }

  private Map<TopicPartition, Long> positions() {
    Map<TopicPartition, Long> positions = new HashMap<>();
    for (TopicPartition partition : partitions) {
      positions.put(partition, consumer.position(partition));
    }
    return positions;
  }

  private FeedException tooSmall() {
    return new FeedException(
        "The cache is too small: the records up to the horizon take "
            + (store.usedBytes() + writer.bytesLeftOut())
            + " bytes, --cache-bytes allows "
            + cacheBytes);
  }

  private Map<TopicPartition, OffsetAndMetadata> offsets() {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    positions().forEach((partition, at) -> offsets.put(partition, new OffsetAndMetadata(at)));
    return offsets;
  }

  private static void debug(@Nullable Exception exception) {
    if (exception != null) {
      logger.debug("Cannot commit where reading begins", exception);
    }
  }

  private void commit() {
    // Not later by the way: nobody polls while an epoch goes on.
    try {
      consumer.commitSync(offsets(), FINISH_TIMEOUT);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      logger.warn("Cannot commit offsets, so tools show too large a lag: {}", e.getMessage());
    }
  }

  /** Records that could not be read and were left out. */
  public long malformedRecords() {
    return translator.malformedRecords();
  }

  @Override
  public void close() {
    try (writer) {
      consumer.close(CloseOptions.timeout(FINISH_TIMEOUT));
    }
  }
}
