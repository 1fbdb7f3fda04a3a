package io.viewstream.trainer.feed.internal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * One file of frames: written by calls to the system, so that a full disk shows as an exception,
 * and read through a mapping. The file has its final size from the beginning but takes no room on
 * the disk before it is written (a sparse file), so that nothing is written twice.
 *
 * <p>A file to which no frame will be added is <b>sealed</b> once all of it is on disk. Of others
 * the contents of frames are checked on opening.
 *
 * <p>One thread writes, and may leave sealing to another one afterwards; any number may read frames
 * that were written before they were told of.
 */
final class Segment implements AutoCloseable {

  /** Bytes before the first frame. */
  static final int HEADER_BYTES = 64;

  /** "VSPOOL" and the version of the format. */
  private static final long MAGIC = 0x0002_4c4f_4f50_5356L;

  /** Where in the header it stands whether the file is sealed: 1, else 0. */
  private static final int SEAL = 8;

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final Arena arena;
  private final MemorySegment memory;
  // Opened anew when an interrupt has closed it.
  private FileChannel channel;
  // Moves with each write; the frames before it never change.
  private volatile long end = HEADER_BYTES;

  private Segment(Path file, FileChannel channel, Arena arena, MemorySegment memory) {
    this.file = file;
    this.channel = channel;
    this.arena = arena;
    this.memory = memory;
  }

  /** Makes a new file; it appears under its name only when it has its size. */
  static Segment create(Path file, long size) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + SegmentLog.UNFINISHED);
    try (RandomAccessFile made = new RandomAccessFile(unfinished.toFile(), "rw")) {
      made.setLength(0);
      made.write(littleEndian(MAGIC).array());
      made.setLength(size);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    return open(file);
  }

  /** Maps a file that is there. */
  static Segment open(Path file) throws IOException {
    return uninterrupted(
        () -> {
          Arena arena = Arena.ofShared();
          try {
            return open(file, arena);
          } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
          }
        });
  }

  private static Segment open(Path file, Arena arena) throws IOException {
    FileChannel channel = channel(file);
    try {
      if (channel.size() < HEADER_BYTES) {
        throw new IOException(
            file
                + " is no segment: it has "
                + channel.size()
                + " bytes; delete the cache's folder");
      }
      MemorySegment memory = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      if (memory.get(LONG, 0) != MAGIC) {
        throw new IOException(
            file
                + " is of another version of viewstream; delete the cache's folder, everything is"
                + " read from Kafka again");
      }
      return new Segment(file, channel, arena, memory);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel channel(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /**
   * Visits the frames in order and puts the end behind the last whole one.
   *
   * @return whether all that was written was whole
   */
  boolean recover(FrameVisitor visitor, long segmentBase) {
    boolean checkContent = !isSealed();
    Frame frame = frameFrom(end, checkContent);
    while (frame != null) {
      visitor.visit(segmentBase | end, frame);
      end += frame.size();
      frame = frameFrom(end, checkContent);
    }
    return remaining() < Integer.BYTES || memory.get(ValueLayout.JAVA_INT, end) == 0;
  }

  private @Nullable Frame frameFrom(long offset, boolean checkContent) {
    return Frame.at(memory.asSlice(offset), checkContent);
  }

  /** Makes a file that was recovered ready for further frames: nothing is behind its end. */
  void reopen() throws IOException {
    if (isSealed()) {
      // On disk before any frame is, or a frame that never reached the disk would be trusted.
      write(littleEndian(0), SEAL);
      force();
    }
    // A frame behind a torn one could fit later frames by chance and be taken for theirs.
    try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
      cut.setLength(end);
      cut.setLength(memory.byteSize());
    }
  }

  /**
   * Writes whole frames behind the others.
   *
   * @throws IOException if they cannot be written, as when the disk is full; the end stays
   */
  void write(ByteBuffer frames) throws IOException {
    int size = frames.remaining();
    write(frames, end);
    end += size;
  }

  private void write(ByteBuffer bytes, long position) throws IOException {
    long shift = position - bytes.position();
    uninterrupted(
        () -> {
          while (bytes.hasRemaining()) {
            openChannel().write(bytes, shift + bytes.position());
          }
          return bytes;
        });
  }

  private FileChannel openChannel() throws IOException {
    if (!channel.isOpen()) {
      channel = channel(file);
    }
    return channel;
  }

  /** What is done with a channel; is done again when an interrupt has closed it. */
  private interface Work<T> {
    T done() throws IOException;
  }

  /** Whoever appends may be interrupted; the log is to end in order all the same. */
  private static <T> T uninterrupted(Work<T> work) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return work.done();
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Visits the frames in order. */
  void visit(FrameVisitor visitor, long segmentBase) {
    for (long offset = HEADER_BYTES; offset < end; ) {
      Frame frame = frame(offset);
      visitor.visit(segmentBase | offset, frame);
      offset += frame.size();
    }
  }

  /** The frame at an offset where one was written or recovered. */
  Frame frame(long offset) {
    return Frame.known(memory.asSlice(offset));
  }

  /** Where the next frame is written. */
  long end() {
    return end;
  }

  /** Bytes that there is room for. */
  long remaining() {
    return memory.byteSize() - end;
  }

  boolean isOpen() {
    return arena.scope().isAlive();
  }

  boolean isSealed() {
    return memory.get(LONG, SEAL) == 1;
  }

  /**
   * Puts all frames on disk, and then notes that they are; does nothing once the file is closed.
   */
  synchronized void seal() throws IOException {
    if (isOpen()) {
      force();
      write(littleEndian(1), SEAL);
    }
  }

  /** Puts all frames on disk. */
  void force() throws IOException {
    uninterrupted(
        () -> {
          FileChannel open = openChannel();
          open.force(false);
          return open;
        });
  }

  Path file() {
    return file;
  }

  private static ByteBuffer littleEndian(long value) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
  }

  /** Unmaps the file, without forcing it to disk. No frame may be read afterwards. */
  @Override
  public synchronized void close() throws IOException {
    if (isOpen()) {
      arena.close();
      channel.close();
    }
  }
}
