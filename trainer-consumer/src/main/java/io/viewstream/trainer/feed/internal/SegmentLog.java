package io.viewstream.trainer.feed.internal;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of one topic on this machine's disk: segments that are appended to one after the
 * other.
 *
 * <p>The log is the truth: what was read from Kafka and up to where stand in it in one order, so a
 * log that is cut anywhere is still consistent, and what was cut is read from Kafka again. That is
 * why frames are gathered and written many at a time, and why appending never waits for the disk. A
 * killed process loses what was gathered and no more; after a loss of power the log ends before the
 * first frame that did not reach the disk. A thread of its own puts full segments on disk and seals
 * them, so that opening need not read them whole.
 *
 * <p>The oldest segments may be dropped; then the log begins later, and numbers stay as they are.
 *
 * <p>One thread appends; any number may read what was appended before the last {@link #flush}.
 */
final class SegmentLog implements AutoCloseable {

  /** Suffix of a segment that is being made. */
  static final String UNFINISHED = ".unfinished";

  private static final Logger logger = LoggerFactory.getLogger(SegmentLog.class);
  private static final String SUFFIX = ".segment";
  private static final int FIRST_SEGMENT_BYTES = 1 << 20;
  private static final int MAX_DOUBLINGS = 20;
  // The system fills its caches in larger pieces than by calls of 256 KiB, and so in less time; and
  // it still stays in the processor's own.
  private static final int GATHERED_BYTES = 1 << 20;

  private final Path directory;
  private final int segmentBytes;
  private final boolean kept;
  // Has no thread before the first segment is full.
  private final ExecutorService sealer =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("segment-sealer").daemon().factory());
  private final List<Segment> segments = new CopyOnWriteArrayList<>();
  // Number of the oldest segment; grows as segments are dropped, while no one reads.
  private volatile int first;
  // The frames behind the last segment's end, of the appending thread alone.
  private ByteBuffer gathered = ByteBuffer.allocateDirect(0);
  private volatile @Nullable IOException failure;

  /**
   * A log whose files are not looked at before {@link #recover}.
   *
   * @param segmentBytes largest size of new segments, unless a single record needs more
   * @param kept whether the log will be opened again; if not, nothing is forced to disk
   */
  SegmentLog(Path directory, int segmentBytes, boolean kept) {
    this.directory = directory;
    this.segmentBytes = segmentBytes;
    this.kept = kept;
  }

  /**
   * Opens the folder, which is made if need be, and visits all that it holds. A frame that was
   * visited may be read at once.
   *
   * @throws IOException if the folder holds segments of another format, or cannot be used
   */
  void recover(FrameVisitor visitor) throws IOException {
    Files.createDirectories(directory);
    List<Path> files;
    try (Stream<Path> listed = Files.list(directory)) {
      files = listed.sorted().toList();
    }
    for (Path file : files) {
      if (file.toString().endsWith(UNFINISHED)) {
        Files.delete(file);
      }
    }
    List<Path> complete = files.stream().filter(file -> file.toString().endsWith(SUFFIX)).toList();
    first = complete.isEmpty() ? 0 : number(complete.getFirst());
    for (int i = 0; i < complete.size(); i++) {
      if (!complete.get(i).equals(file(first + i))) {
        throw new IOException(
            "Expected segment "
                + file(first + i)
                + " but found "
                + complete.get(i)
                + "; delete the folder");
      }
      Segment segment = Segment.open(complete.get(i));
      segments.add(segment);
      boolean clean = segment.recover(visitor, base(first + i));
      if (!clean) {
        logger.warn("{} has a torn tail; what is missing is read from Kafka again", segment.file());
        for (Path later : complete.subList(i + 1, complete.size())) {
          Files.delete(later);
        }
        break;
      }
    }
    if (!segments.isEmpty()) {
      segments.getLast().reopen();
      for (Segment earlier : segments.subList(0, segments.size() - 1)) {
        seal(earlier);
      }
    }
  }

  /**
   * Appends a record.
   *
   * @return its location
   * @throws IOException if a new segment cannot be made
   */
  long append(PoolRecord record) throws IOException {
    int frameBytes = record.frameBytes();
    if (gathered.remaining() < frameBytes) {
      flush();
      if (gathered.capacity() < frameBytes) {
        gathered =
            ByteBuffer.allocateDirect(Math.max(GATHERED_BYTES, frameBytes))
                .order(ByteOrder.LITTLE_ENDIAN);
      }
    }
    if (segments.isEmpty()
        || segments.getLast().remaining() < (long) gathered.position() + frameBytes) {
      flush();
      if (!segments.isEmpty()) {
        seal(segments.getLast());
      }
      segments.add(Segment.create(file(first + segments.size()), nextSize(frameBytes)));
    }
    long offset = segments.getLast().end() + gathered.position();
    record.writeTo(gathered);
    return base(first + segments.size() - 1) | offset;
  }

  /**
   * Writes what was gathered; from then on any thread may read it.
   *
   * @throws IOException if it cannot be written, now or when it was to be put on disk
   */
  void flush() throws IOException {
    IOException known = failure;
    if (known != null) {
      throw known;
    }
    if (gathered.position() > 0) {
      segments.getLast().write(gathered.flip());
      gathered.clear();
    }
  }

  private void seal(Segment segment) {
    if (kept && !segment.isSealed()) {
      sealer.execute(
          () -> {
            try {
              segment.seal();
            } catch (IOException e) {
              // Whoever appends next is told.
              failure = e;
            }
          });
    }
  }

  /** Segments grow, so that a small topic takes little of the disk and a large one few files. */
  private long nextSize(long frameBytes) {
    long grown = (long) FIRST_SEGMENT_BYTES << Math.min(first + segments.size(), MAX_DOUBLINGS);
    return Math.max(Math.min(grown, segmentBytes), Segment.HEADER_BYTES + frameBytes);
  }

  /** The frame at a location that this log named. */
  Frame read(long location) {
    Segment segment = segments.get(segmentOf(location) - first);
    long offset = location & 0xffff_ffffL;
    // The appending thread alone knows of frames that are gathered.
    return offset < segment.end()
        ? segment.frame(offset)
        : Frame.known(
            MemorySegment.ofBuffer(gathered.duplicate().clear()).asSlice(offset - segment.end()));
  }

  /** The number of the segment that a location lies in; later frames have no lower ones. */
  static int segmentOf(long location) {
    return (int) (location >>> Integer.SIZE);
  }

  /** The number of the oldest segment. */
  int firstSegment() {
    return first;
  }

  /**
   * Drops the segments with lower numbers, but never the last one. No frame of theirs may be in
   * use.
   *
   * @return whether there were any
   */
  boolean dropBefore(int segment) throws IOException {
    int before = first;
    while (first < segment && segments.size() > 1) {
      Segment dropped = segments.removeFirst();
      first++;
      dropped.close();
      Files.delete(dropped.file());
    }
    return first > before;
  }

  /** Visits all frames in order that were appended before the last {@link #flush}. */
  void visit(FrameVisitor visitor) {
    for (int i = 0; i < segments.size(); i++) {
      segments.get(i).visit(visitor, base(first + i));
    }
  }

  /** Bytes taken by frames. */
  long usedBytes() {
    long bytes = gathered.position();
    for (Segment segment : segments) {
      bytes += segment.end() - Segment.HEADER_BYTES;
    }
    return bytes;
  }

  /** Puts what was appended on disk and unmaps the files. No frame may be read afterwards. */
  @Override
  public void close() throws IOException {
    // Waits for the segments that are being sealed.
    sealer.close();
    try {
      if (!segments.isEmpty() && segments.getLast().isOpen()) {
        flush();
        if (kept) {
          segments.getLast().force();
        }
      }
    } finally {
      for (Segment segment : segments) {
        segment.close();
      }
    }
  }

  private Path file(int index) {
    return directory.resolve(String.format("%08d%s", index, SUFFIX));
  }

  private static int number(Path file) {
    String name = String.valueOf(file.getFileName());
    try {
      return Integer.parseInt(name.substring(0, name.length() - SUFFIX.length()));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static long base(int segment) {
    return (long) segment << Integer.SIZE;
  }
}
