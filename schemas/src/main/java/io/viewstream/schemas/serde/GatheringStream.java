package io.viewstream.schemas.serde;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Collects what an encoder writes: small pieces are copied to one array, large ones, such as an
 * image's content, only remembered until all is put together. They must not change in between.
 */
final class GatheringStream extends OutputStream {
  /** Remembering a smaller piece costs more than copying it. */
  private static final int LARGE_BYTES = 1024;

  private static final int FIRST_CAPACITY = 256;

  private final List<Large> large = new ArrayList<>(1);
  private byte[] small = new byte[FIRST_CAPACITY];
  private int smallCount;
  private int largeCount;

  /** A piece that belongs behind so many bytes of the small ones. */
  private record Large(int behind, ByteBuffer content) {}

  @Override
  public void write(int value) {
    makeRoom(1);
    small[smallCount++] = (byte) value;
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    if (length >= LARGE_BYTES) {
      large.add(new Large(smallCount, ByteBuffer.wrap(source, offset, length)));
      largeCount = Math.addExact(largeCount, length);
      return;
    }
    makeRoom(length);
    System.arraycopy(source, offset, small, smallCount, length);
    smallCount += length;
  }

  private void makeRoom(int length) {
    if (length > small.length - smallCount) {
      small = Arrays.copyOf(small, Math.max(2 * small.length, smallCount + length));
    }
  }

  /** Everything in the order of writing, behind so many zeros. */
  byte[] toByteArray(int headerBytes) {
    byte[] all = new byte[Math.addExact(headerBytes + smallCount, largeCount)];
    int position = headerBytes;
    int taken = 0;
    for (Large piece : large) {
      System.arraycopy(small, taken, all, position, piece.behind() - taken);
      position += piece.behind() - taken;
      taken = piece.behind();
      int length = piece.content().remaining();
      piece.content().get(all, position, length);
      position += length;
    }
    System.arraycopy(small, taken, all, position, smallCount - taken);
    return all;
  }
}
