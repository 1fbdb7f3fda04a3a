package io.viewstream.imaging.source.internal;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that is read from front to back through one buffer, parts of which can be jumped over
 * without reading them. Used by one thread at a time.
 */
final class TarInput implements AutoCloseable {
  private final FileChannel channel;
  private final Arena arena = Arena.ofShared();
  // What of it remains is the file's next bytes.
  private final ByteBuffer buffer;

  /** Where in the file the buffer's limit lies. */
  private long bufferedTo;

  private long knownSize;

  TarInput(Path file, int bufferBytes) throws IOException {
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
    this.buffer = arena.allocate(bufferBytes).asByteBuffer().limit(0);
  }

  /** Offset in the file of the next byte. */
  long position() {
    return bufferedTo - buffer.remaining();
  }

  /** How long the file is now. */
  long size() throws IOException {
    knownSize = channel.size();
    return knownSize;
  }

  /** Whether the file goes on up to an offset. */
  boolean reaches(long offset) throws IOException {
    return offset <= knownSize || offset <= size();
  }

  /**
   * Fills a part of an array.
   *
   * @return how many bytes there were; fewer than asked for only at the end of the file
   */
  int read(byte[] target, int offset, int length) throws IOException {
    int done = 0;
    while (done < length && (buffer.hasRemaining() || fill())) {
      int piece = Math.min(length - done, buffer.remaining());
      buffer.get(target, offset + done, piece);
      done += piece;
    }
    return done;
  }

  private boolean fill() throws IOException {
    buffer.clear();
    int read = channel.read(buffer, bufferedTo);
    buffer.flip();
    bufferedTo += Math.max(0, read);
    return read > 0;
  }

  /**
   * Goes on at a later offset.
   *
   * @throws EOFException when the file ends before it
   */
  void skipTo(long offset) throws IOException {
    long skipped = offset - position();
    if (skipped <= buffer.remaining()) {
      buffer.position(buffer.position() + (int) skipped);
      return;
    }
    if (!reaches(offset)) {
      throw new EOFException("it ends after " + knownSize + " bytes, within an entry");
    }
    buffer.position(buffer.limit());
    bufferedTo = offset;
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      arena.close();
    }
  }
}
