package io.viewstream.onnx;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of one protobuf message in order, without a schema and without copying.
 *
 * <p>Only what ONNX's descriptions need: varints and length-delimited fields are read, the others
 * are skipped. Loop on {@link #next}, ask for {@link #field}, and read the value or leave it.
 */
public final class ProtobufReader {

  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED_32 = 5;
  private static final int MAX_VARINT_BITS = 64;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private final ByteBuffer message;
  // The field at hand: its number, and its value in one of two forms.
  private int field;
  private long number;
  private ByteBuffer bytes = NOTHING;

  /**
   * Reads a message that fills a buffer.
   *
   * @param message from its position to its limit, neither of which is moved
   */
  public ProtobufReader(ByteBuffer message) {
    this.message = message.duplicate();
  }

  /**
   * Moves to the next field; false at the end of the message.
   *
   * @throws IllegalArgumentException the bytes are no protobuf message
   */
  public boolean next() {
    if (!message.hasRemaining()) {
      return false;
    }
    long tag = readVarint();
    field = (int) (tag >>> 3);
    int wireType = (int) (tag & 7);
    // A field of another wire type than expected has no value, and not that of the field before.
    number = 0;
    bytes = NOTHING;
    switch (wireType) {
      case VARINT -> number = readVarint();
      case FIXED_64 -> take(Long.BYTES);
      case LENGTH_DELIMITED -> bytes = take(readVarint());
      case FIXED_32 -> take(Integer.BYTES);
      default -> throw new IllegalArgumentException("wire type " + wireType);
    }
    return true;
  }

  /** The number of the field at hand. */
  public int field() {
    return field;
  }

  /** The value of a varint, else 0. */
  public long number() {
    return number;
  }

  /** The value of a length-delimited field, else nothing. */
  public ByteBuffer bytes() {
    return bytes;
  }

  /** The same as a message. */
  public ProtobufReader message() {
    return new ProtobufReader(bytes);
  }

  /** The same as text in UTF-8. */
  public String text() {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  private ByteBuffer take(long length) {
    if (length < 0 || length > message.remaining()) {
      throw new IllegalArgumentException(
          "field of " + length + " bytes, " + message.remaining() + " are left");
    }
    ByteBuffer taken = message.slice(message.position(), (int) length);
    message.position(message.position() + (int) length);
    return taken;
  }

  private long readVarint() {
    long value = 0;
    for (int shift = 0; shift < MAX_VARINT_BITS; shift += 7) {
      if (!message.hasRemaining()) {
        throw new IllegalArgumentException("number without an end");
      }
      byte next = message.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("number of more than 64 bits");
  }
}
