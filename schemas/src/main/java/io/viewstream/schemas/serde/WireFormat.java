package io.viewstream.schemas.serde;

import java.nio.ByteBuffer;

/**
 * Confluent's wire format: one zero byte, the schema id as four bytes big-endian, then the record
 * in Avro binary. See "Wire format" in the documentation of Confluent's Schema Registry.
 */
final class WireFormat {
  static final byte MAGIC = 0;
  static final int HEADER_BYTES = 5;

  private WireFormat() {}

  /** Writes the header to the first five bytes. */
  static void writeHeader(byte[] target, int schemaId) {
    ByteBuffer.wrap(target).put(MAGIC).putInt(schemaId);
  }

  /**
   * The schema id of a record's bytes.
   *
   * @throws MalformedRecordException when the bytes do not start with such a header
   */
  static int readSchemaId(Piece data) {
    if (data.size() < HEADER_BYTES) {
      throw new MalformedRecordException(
          "Record of "
              + data.size()
              + " bytes is too short for Confluent's wire format, whose header alone has 5");
    }
    byte first = data.array()[data.start()];
    if (first != MAGIC) {
      throw new MalformedRecordException(
          "Record starts with byte "
              + (first & 0xff)
              + " instead of 0: it is not in Confluent's wire format");
    }
    return ByteBuffer.wrap(data.array()).getInt(data.start() + 1);
  }
}
