package io.viewstream.trainer.feed.internal;

import io.viewstream.schemas.GenerationRun;
import io.viewstream.schemas.Topic;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.Horizon;
import io.viewstream.trainer.feed.PoolSnapshot;
import io.viewstream.trainer.feed.SettledImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The local cache of one cluster's topics: a log for each, and one index over all. Knows nothing of
 * clients. One thread appends and takes snapshots; snapshots may be read by any.
 */
public final class PoolStore implements AutoCloseable {

  /** Largest size of a segment: small enough to be made in an instant, large enough to be few. */
  public static final int SEGMENT_BYTES = 64 << 20;

  private static final Topic[] TOPICS = {
    Topic.SOURCE_IMAGES, Topic.SYNTHETIC_VIEWS, Topic.DEAD_LETTERS
  };

  /** Bits of a location that the log within the store takes; the log's own have the sign free. */
  private static final int TOPIC_SHIFT = 61;

  private final String clusterId;
  private final CacheLock lock;
  private final Map<Topic, TopicLog> logs = new EnumMap<>(Topic.class);
  // Made anew from the logs when records were forgotten.
  private ImageIndex index = newIndex();

  /**
   * One topic as it is on the cluster.
   *
   * @param name of the topic
   * @param id Kafka's id of the topic
   * @param partitions how many it has
   */
  public record TopicIdentity(String name, String id, int partitions) {}

  private ImageIndex newIndex() {
    return new ImageIndex(location -> read(location).encodedImageId());
  }

  private PoolStore(String clusterId, CacheLock lock) {
    this.clusterId = clusterId;
    this.lock = lock;
  }

  /**
   * Opens the cache and reads its index.
   *
   * @throws IOException if its files cannot be used
   * @throws FeedException if another process uses it
   */
  public static PoolStore open(
      Path directory, String clusterId, Map<Topic, TopicIdentity> topics, int segmentBytes)
      throws IOException {
    return open(directory, clusterId, topics, segmentBytes, true);
  }

  private static PoolStore open(
      Path directory,
      String clusterId,
      Map<Topic, TopicIdentity> topics,
      int segmentBytes,
      boolean kept)
      throws IOException {
    Path cluster = Files.createDirectories(directory.resolve(clusterId));
    PoolStore store = new PoolStore(clusterId, CacheLock.of(cluster));
    try {
      for (Topic topic : TOPICS) {
        TopicIdentity identity = topics.get(topic);
        if (identity == null) {
          throw new IllegalArgumentException("No identity of topic " + topic);
        }
        store.openLog(
            topic, new TopicLog(identity, cluster.resolve(identity.id()), segmentBytes, kept));
      }
      return store;
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /**
   * Opens the cache and drops what an earlier process left in it. Nothing is forced to disk, since
   * the next process will do the same.
   *
   * @throws IOException if its files cannot be used
   * @throws FeedException if another process uses it
   */
  public static PoolStore openEmpty(
      Path directory, String clusterId, Map<Topic, TopicIdentity> topics, int segmentBytes)
      throws IOException {
    Path cluster = Files.createDirectories(directory.resolve(clusterId));
    try (CacheLock held = CacheLock.of(cluster)) {
      held.deleteEverythingElse();
    }
    return open(directory, clusterId, topics, segmentBytes, false);
  }

  private void openLog(Topic topic, TopicLog log) throws IOException {
    // The index compares ids while the log is still being opened, so the log must be known before
    // its first frame is visited.
    logs.put(topic, log);
    long code = code(topic);
    log.recover((location, frame) -> index.add(code | location, frame));
  }

  /** Appends a record to a topic's log and to the index. */
  public void append(Topic topic, PoolRecord record) {
    TopicLog log = log(topic);
    long location = code(topic) | log.append(record);
    index.add(location, record);
  }

  /**
   * Drops what speaks of source records before the given offsets only, as far as whole segments do.
   * No snapshot that shows any of them may be in use.
   *
   * @param sourceOffsets for each partition of the source topic
   */
  public void forgetBefore(long[] sourceOffsets) {
    boolean dropped = false;
    for (TopicLog log : logs.values()) {
      dropped |= log.forgetBefore(sourceOffsets);
    }
    if (dropped) {
      index = newIndex();
      for (Topic topic : TOPICS) {
        long code = code(topic);
        log(topic).visit((location, frame) -> index.add(code | location, frame));
      }
    }
  }

  /**
   * For each partition of the view topic where reading would have to begin to find all views that
   * are held of source records from the given offsets on.
   */
  long[] firstViews(long[] sourceBegins, long[] otherwise) {
    return index.firstViews(sourceBegins, otherwise);
  }

  /** The log of a topic, for its positions. */
  TopicLog log(Topic topic) {
    TopicLog log = logs.get(topic);
    if (log == null) {
      throw new IllegalArgumentException("The pool does not keep topic " + topic);
    }
    return log;
  }

  /** Kafka's id of the cluster. */
  String clusterId() {
    return clusterId;
  }

  /** Bytes taken by records. */
  public long usedBytes() {
    return logs.values().stream().mapToLong(TopicLog::usedBytes).sum();
  }

  private Frame read(long location) {
    int code = (int) (location >>> TOPIC_SHIFT);
    return log(TOPICS[code]).read(location & ((1L << TOPIC_SHIFT) - 1));
  }

  private static long code(Topic topic) {
    return (long) Arrays.asList(TOPICS).indexOf(topic) << TOPIC_SHIFT;
  }

  /** What this store can show at most: from where reading began up to where it is. */
  public Horizon held() {
    return new Horizon(
        clusterId, log(Topic.SOURCE_IMAGES).held(), log(Topic.SYNTHETIC_VIEWS).held());
  }

  /**
   * Checks that a horizon is of this store's topics and that nothing before it was left out here.
   *
   * @throws FeedException if not
   */
  public void checkHolds(Horizon horizon) {
    if (!horizon.clusterId().equals(clusterId)) {
      throw new FeedException(
          "The horizon is of cluster "
              + horizon.clusterId()
              + ", this is cluster "
              + clusterId
              + "; replay needs the cluster that was recorded");
    }
    OffsetChecks.holds(horizon.sourceImages(), log(Topic.SOURCE_IMAGES).held());
    OffsetChecks.holds(horizon.syntheticViews(), log(Topic.SYNTHETIC_VIEWS).held());
  }

  /** What is visible at a horizon that lies within {@link #held}. */
  public PoolSnapshot snapshot(Horizon horizon, List<String> runs) {
    logs.values().forEach(TopicLog::flush);
    return new ShownImages(index, horizon).snapshot(runs, this::read);
  }

  /** How many of the images read so far are settled for the given runs. */
  public SettledImages settled(List<GenerationRun> runs) {
    return new ShownImages(index, held()).settled(runs);
  }

  /** Puts everything on disk and unlocks the cache. */
  @Override
  public void close() {
    try (CacheLock unlocked = lock) {
      closeAll(logs.values().iterator());
    } catch (IOException e) {
      throw new FeedException("Cannot unlock the cache: " + e.getMessage(), e);
    }
  }

  /** Each log is closed, whatever the others say. */
  private static void closeAll(Iterator<TopicLog> left) {
    if (left.hasNext()) {
      try (TopicLog log = left.next()) {
        closeAll(left);
      }
    }
  }
}
