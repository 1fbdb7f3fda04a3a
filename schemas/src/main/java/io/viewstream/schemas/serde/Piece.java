package io.viewstream.schemas.serde;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A part of an array, not copied out of it: a field of a record that stays where the record was
 * read to. The array must not change while the piece is in use.
 *
 * @param array that holds it
 * @param start of the piece in the array
 * @param size in bytes
 */
@SuppressWarnings("ArrayRecordComponent") // Pieces are passed on and never compared.
public record Piece(byte[] array, int start, int size) {

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  /** Checks that the piece lies within its array. */
  public Piece {
    if (start < 0 || size < 0 || size > array.length - start) {
      throw new IllegalArgumentException(
          "%d bytes from %d on, of an array of %d".formatted(size, start, array.length));
    }
  }

  /** A whole array. */
  public static Piece of(byte[] array) {
    return new Piece(array, 0, array.length);
  }

  /** What a buffer has between position and limit; copied only if it has no array. */
  public static Piece of(ByteBuffer buffer) {
    if (buffer.hasArray()) {
      return new Piece(
          buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
    }
    byte[] copied = new byte[buffer.remaining()];
    buffer.duplicate().get(copied);
    return of(copied);
  }

  /** A text in UTF-8. */
  public static Piece ofText(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes as a buffer with position 0 and an array offset. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(array, start, size).slice();
  }

  /** The bytes as a text in UTF-8. */
  public String text() {
    return new String(array, start, size, StandardCharsets.UTF_8);
  }

  /**
   * The piece itself where it is a text in UTF-8, else what is left of it as a text, so that one
   * text has one encoding.
   */
  Piece asText() {
    return isAscii() ? this : ofText(text());
  }

  private boolean isAscii() {
    int end = start + size;
    int i = start;
    for (; i <= end - Long.BYTES; i += Long.BYTES) {
      if (((long) EIGHT_BYTES.get(array, i) & HIGH_BITS) != 0) {
        return false;
      }
    }
    for (; i < end; i++) {
      if (array[i] < 0) {
        return false;
      }
    }
    return true;
  }
}
