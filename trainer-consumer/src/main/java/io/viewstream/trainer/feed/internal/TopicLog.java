package io.viewstream.trainer.feed.internal;

import io.viewstream.kafka.command.Reason;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.OffsetRange;
import io.viewstream.trainer.feed.TopicHorizon;
import io.viewstream.trainer.feed.internal.PoolStore.TopicIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The log of one topic together with how far it was read. One thread appends. */
final class TopicLog implements AutoCloseable {

  private final TopicIdentity topic;
  private final Path directory;
  private final SegmentLog log;
  private final Map<Integer, Long> beginnings = new HashMap<>();
  private final Map<Integer, Long> positions = new HashMap<>();
  // For each segment, by partition, the highest source offset that its records speak of.
  private final NavigableMap<Integer, long[]> highest = new TreeMap<>();
  // Those of the segment that is appended to.
  private int newestSegment = -1;
  private long[] newest = {};

  /** A log whose files are not looked at before {@link #recover}. */
  TopicLog(TopicIdentity topic, Path directory, int segmentBytes, boolean kept) {
    this.topic = topic;
    this.directory = directory;
    this.log = new SegmentLog(directory, segmentBytes, kept);
  }

  /** Opens the files and visits every frame. Records may be read as soon as they were visited. */
  void recover(FrameVisitor visitor) throws IOException {
    log.recover(
        (location, frame) -> {
          switch (frame.kind()) {
            case BEGINNINGS -> frame.offsets().forEach(this::begin);
            case POSITIONS -> positions.putAll(frame.offsets());
            case SOURCE, WITHDRAWN, VIEW, DEAD_LETTER -> {
              // The positions behind the last records may be lost.
              positions.merge(frame.partition(), frame.offset() + 1, Math::max);
              noteHighest(location, frame.partition(), frame.sourceOffset());
              visitor.visit(location, frame);
            }
          }
        });
  }

  private void begin(int partition, long offset) {
    beginnings.put(partition, offset);
    positions.merge(partition, offset, Math::max);
  }

  TopicIdentity topic() {
    return topic;
  }

  long append(PoolRecord record) {
    try {
      long location = log.append(record);
      if (record.partition() >= 0) {
        noteHighest(location, record.partition(), record.sourceOffset());
      }
      return location;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private FeedException unwritable(IOException cause) {
    return new FeedException(
        "Cannot write to the cache %s: %s; make room there, or name another folder by --cache-dir"
            .formatted(directory, Reason.of(cause)),
        cause);
  }

  /** Lets all threads read what was appended. */
  void flush() {
    try {
      log.flush();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private void noteHighest(long location, int partition, long sourceOffset) {
    int segment = SegmentLog.segmentOf(location);
    if (segment != newestSegment) {
      newest = new long[topic.partitions()];
      Arrays.fill(newest, -1);
      newestSegment = segment;
      highest.put(segment, newest);
    }
    if (partition < newest.length) {
      newest[partition] = Math.max(newest[partition], sourceOffset);
    }
  }

  /**
   * Drops the oldest segments as far as they speak of source records before the given offsets only.
   *
   * @return whether anything was dropped
   */
  boolean forgetBefore(long[] sourceOffsets) {
    int keep = log.firstSegment();
    for (Map.Entry<Integer, long[]> segment : highest.entrySet()) {
      if (!allBefore(segment.getValue(), sourceOffsets)) {
        break;
      }
      keep = segment.getKey() + 1;
    }
    try {
      boolean dropped = log.dropBefore(keep);
      highest.headMap(log.firstSegment()).clear();
      return dropped;
    } catch (IOException e) {
      throw new FeedException("Cannot tidy the cache " + directory + ": " + e.getMessage(), e);
    }
  }

  private static boolean allBefore(long[] highest, long[] ends) {
    for (int partition = 0; partition < highest.length; partition++) {
      if (highest[partition] >= (partition < ends.length ? ends[partition] : 0)) {
        return false;
      }
    }
    return true;
  }

  /** Visits every frame that is left. */
  void visit(FrameVisitor visitor) {
    flush();
    log.visit(visitor);
  }

  /** Notes where reading of some partitions begins. */
  void appendBeginnings(Map<Integer, Long> offsets) {
    append(PoolRecord.offsets(FrameKind.BEGINNINGS, offsets));
    offsets.forEach(this::begin);
  }

  /** Notes how far some partitions were read. */
  void appendPositions(Map<Integer, Long> offsets) {
    append(PoolRecord.offsets(FrameKind.POSITIONS, offsets));
    positions.putAll(offsets);
  }

  /** Where reading of a partition goes on, or -1 when it has not begun. */
  long position(int partition) {
    return positions.getOrDefault(partition, -1L);
  }

  long beginning(int partition) {
    return beginnings.getOrDefault(partition, 0L);
  }

  /** What was read of every partition. */
  TopicHorizon held() {
    List<OffsetRange> ranges = new ArrayList<>();
    for (int partition = 0; partition < topic.partitions(); partition++) {
      long begin = beginning(partition);
      ranges.add(new OffsetRange(begin, Math.max(begin, position(partition))));
    }
    return new TopicHorizon(topic.name(), topic.id(), ranges);
  }

  Frame read(long location) {
    return log.read(location);
  }

  long usedBytes() {
    return log.usedBytes();
  }

  @Override
  public void close() {
    try {
      log.close();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }
}
