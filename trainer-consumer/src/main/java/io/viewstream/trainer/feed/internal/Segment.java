package io.viewstream.trainer.feed.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * One mapped file of frames. All of it is written once when it is made, so that a full disk shows
 * then, as an exception, and not later as a fault in the middle of a copy to mapped memory.
 *
 * <p>One thread appends; any number may read frames that were appended before they were told of.
 */
final class Segment implements AutoCloseable {

  /** Bytes before the first frame. */
  static final int HEADER_BYTES = 64;

  /** "VSPOOL" and the version of the format. */
  private static final long MAGIC = 0x0002_4c4f_4f50_5356L;

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int ZEROS_BYTES = 1 << 20;

  private final Path file;
  private final Arena arena;
  private final MemorySegment memory;
  // Moves with each append; the frames before it never change.
  private long end = HEADER_BYTES;

  private Segment(Path file, Arena arena, MemorySegment memory) {
    this.file = file;
    this.arena = arena;
    this.memory = memory;
  }

  /** Makes a new file; it appears under its name only when it is complete. */
  static Segment create(Path file, long size) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + SegmentLog.UNFINISHED);
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      channel.write(header.putLong(0, MAGIC));
      ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
      while (channel.position() < size) {
        zeros.clear().limit((int) Math.min(ZEROS_BYTES, size - channel.position()));
        channel.write(zeros);
      }
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    return open(file);
  }

  /** Maps a file that is there. */
  static Segment open(Path file) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      return open(file, arena);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private static Segment open(Path file, Arena arena) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (channel.size() < HEADER_BYTES) {
        throw new IOException(file + " is no segment: it has " + channel.size() + " bytes");
      }
      MemorySegment memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena);
      if (memory.get(LONG, 0) != MAGIC) {
        throw new IOException(file + " is no segment of this version: its first bytes are others");
      }
      return new Segment(file, arena, memory);
    }
  }

  /**
   * Visits the frames in order and puts the end behind the last whole one; what follows is zeroed.
   *
   * @param checkContent whether frames with a wrong checksum of the content count as torn
   * @return whether all that was written was whole
   */
  boolean recover(boolean checkContent, FrameVisitor visitor, long segmentBase) {
    Frame frame = frameFrom(end, checkContent);
    while (frame != null) {
      visitor.visit(segmentBase | end, frame);
      end += frame.size();
      frame = frameFrom(end, checkContent);
    }
    boolean clean = remaining() < Integer.BYTES || memory.get(ValueLayout.JAVA_INT, end) == 0;
    if (checkContent || !clean) {
      // A frame behind a torn one could fit later appends by chance and be taken for theirs.
      memory.asSlice(end).fill((byte) 0);
    }
    return clean;
  }

  private @Nullable Frame frameFrom(long offset, boolean checkContent) {
    return Frame.at(memory.asSlice(offset), checkContent);
  }

  /**
   * Appends a frame.
   *
   * @return where it begins, or -1 when there is no room for it
   */
  long append(PoolRecord record, long frameBytes) {
    if (frameBytes > remaining()) {
      return -1;
    }
    long start = end;
    Frame.write(record, memory.asSlice(start, frameBytes));
    end = start + frameBytes;
    return start;
  }

  /** Visits the frames in order. */
  void visit(FrameVisitor visitor, long segmentBase) {
    for (long offset = HEADER_BYTES; offset < end; ) {
      Frame frame = frame(offset);
      visitor.visit(segmentBase | offset, frame);
      offset += frame.size();
    }
  }

  /** The frame at an offset that {@link #append} or {@link #recover} named. */
  Frame frame(long offset) {
    return Frame.known(memory.asSlice(offset));
  }

  /** Bytes taken by frames. */
  long usedBytes() {
    return end - HEADER_BYTES;
  }

  boolean isOpen() {
    return arena.scope().isAlive();
  }

  void force() {
    memory.force();
  }

  Path file() {
    return file;
  }

  private long remaining() {
    return memory.byteSize() - end;
  }

  /** Unmaps the file, without forcing it to disk. No frame may be read afterwards. */
  @Override
  public void close() {
    if (isOpen()) {
      arena.close();
    }
  }
}
