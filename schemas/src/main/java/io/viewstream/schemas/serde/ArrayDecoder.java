package io.viewstream.schemas.serde;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.avro.AvroTypeException;
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

  private final byte[] data;
  private final int end;
  private int next;

  ArrayDecoder(byte[] data, int offset, int length) {
    this.data = data;
    this.next = offset;
    this.end = offset + length;
  }

  @Override
  public boolean readBoolean() throws IOException {
    return data[claim(1)] == 1;
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
      byte read = data[claim(1)];
      value |= (read & 0x7fL) << (7 * count);
      if (read >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new InvalidNumberEncodingException("Integer of more than " + longest + " bytes");
  }

  @Override
  public float readFloat() throws IOException {
    return littleEndian().getFloat(claim(Float.BYTES));
  }

  @Override
  public double readDouble() throws IOException {
    return littleEndian().getDouble(claim(Double.BYTES));
  }

  private ByteBuffer littleEndian() {
    return ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public Utf8 readString(@Nullable Utf8 old) throws IOException {
    byte[] bytes = new byte[readLength()];
    doReadBytes(bytes, 0, bytes.length);
    return new Utf8(bytes);
  }

  @Override
  public ByteBuffer readBytes(@Nullable ByteBuffer old) throws IOException {
    return readPiece().buffer();
  }

  private int readLength() throws IOException {
    long length = readLong();
    if (length < 0 || length > end - next) {
      throw new EOFException(
          "A length of " + length + " bytes where " + (end - next) + " are left");
    }
    return (int) length;
  }

  /** A {@code string} or {@code bytes}, where it lies. */
  Piece readPiece() throws IOException {
    return readPiece(readLength());
  }

  /** A {@code fixed} of that size, where it lies. */
  Piece readPiece(int size) throws IOException {
    return new Piece(data, claim(size), size);
  }

  /** A {@code string}, where it lies unless it is no UTF-8. */
  Piece readText() throws IOException {
    return readPiece().asText();
  }

  /** The branch of a union or the symbol of an enum, of so many there are. */
  int readIndexBelow(int count) throws IOException {
    int index = readInt();
    if (index < 0 || index >= count) {
      throw new AvroTypeException("Branch or symbol " + index + " of " + count);
    }
    return index;
  }

  @Override
  protected void doReadBytes(byte[] bytes, int start, int length) throws IOException {
    System.arraycopy(data, claim(length), bytes, start, length);
  }

  @Override
  protected void doSkipBytes(long length) throws IOException {
    claim(length);
  }

  @Override
  public boolean isEnd() {
    return next == end;
  }

  /** Moves on by some bytes and gives the position before them. */
  private int claim(long length) throws IOException {
    if (length < 0 || length > end - next) {
      throw new EOFException(length + " more bytes where " + (end - next) + " are left");
    }
    int position = next;
    next += (int) length;
    return position;
  }
}
