package io.viewstream.schemas.serde;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.avro.InvalidNumberEncodingException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Avro binary (specification 1.12, "Binary encoding") from one array, with two differences from
 * Avro's own decoder: a length in the data never allocates more than the array still holds, so that
 * damaged records cannot exhaust the heap; and {@code bytes} are not copied but given as a slice of
 * the array, so that an image's content stays where the consumer put it.
 */
final class ArrayDecoder extends BinaryDecoder {
  private static final int LONGEST_VARIABLE_INT_BYTES = 5;
  private static final int LONGEST_VARIABLE_LONG_BYTES = 10;

  private final ByteBuffer data;

  ArrayDecoder(byte[] data, int offset, int length) {
    this.data = ByteBuffer.wrap(data, offset, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public boolean readBoolean() throws IOException {
    return data.get(claim(1)) == 1;
  }

  @Override
  public int readInt() throws IOException {
    return (int) zigZag(LONGEST_VARIABLE_INT_BYTES);
  }

  @Override
  public long readLong() throws IOException {
    return zigZag(LONGEST_VARIABLE_LONG_BYTES);
  }

  private long zigZag(int longest) throws IOException {
    long value = 0;
    for (int count = 0; count < longest; count++) {
      byte next = data.get(claim(1));
      value |= (next & 0x7fL) << (7 * count);
      if (next >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new InvalidNumberEncodingException("Integer of more than " + longest + " bytes");
  }

  @Override
  public float readFloat() throws IOException {
    return data.getFloat(claim(Float.BYTES));
  }

  @Override
  public double readDouble() throws IOException {
    return data.getDouble(claim(Double.BYTES));
  }

  @Override
  public Utf8 readString(@Nullable Utf8 old) throws IOException {
    return new Utf8(readFixedBytes());
  }

  private byte[] readFixedBytes() throws IOException {
    byte[] bytes = new byte[readLength()];
    doReadBytes(bytes, 0, bytes.length);
    return bytes;
  }

  @Override
  public ByteBuffer readBytes(@Nullable ByteBuffer old) throws IOException {
    int length = readLength();
    return data.slice(claim(length), length).order(ByteOrder.BIG_ENDIAN);
  }

  private int readLength() throws IOException {
    long length = readLong();
    if (length < 0 || length > data.remaining()) {
      throw new EOFException(
          "A length of " + length + " bytes where " + data.remaining() + " are left");
    }
    return (int) length;
  }

  @Override
  protected void doReadBytes(byte[] bytes, int start, int length) throws IOException {
    data.get(claim(length), bytes, start, length);
  }

  @Override
  protected void doSkipBytes(long length) throws IOException {
    claim(length);
  }

  @Override
  public boolean isEnd() {
    return !data.hasRemaining();
  }

  /** Moves on by some bytes and gives the position before them. */
  private int claim(long length) throws IOException {
    if (length < 0 || length > data.remaining()) {
      throw new EOFException(length + " more bytes where " + data.remaining() + " are left");
    }
    int position = data.position();
    data.position(position + (int) length);
    return position;
  }
}
