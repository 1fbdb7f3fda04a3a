package io.viewstream.schemas.serde;

import io.viewstream.schemas.Topic;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes records of one type in Confluent's wire format. The schema must be registered under the
 * topic's subject; it never is by this class. Safe for use by several threads; the registry is
 * borrowed.
 *
 * <p>The record is encoded twice, first into a counter of bytes and then into an array of just that
 * size: counting skips the image's bytes, so they are copied once in all.
 *
 * @param <T> the generated record class
 */
public final class RecordSerializer<T extends SpecificRecordBase> implements Serializer<T> {
  private final SchemaRegistry registry;
  private final Schema schema;
  private final SpecificDatumWriter<T> writer;

  /**
   * A serializer for one type of record.
   *
   * @param schema the record type's own schema, such as {@code SourceImage.getClassSchema()}
   */
  public RecordSerializer(SchemaRegistry registry, Schema schema) {
    this.registry = registry;
    this.schema = schema;
    this.writer = new SpecificDatumWriter<>(schema);
  }

  /**
   * The record's bytes; null for null, which Kafka stores as a tombstone.
   *
   * @throws SchemaNotRegisteredException when the topic's subject has no such schema
   * @throws RegistryUnavailableException when the registry gave no answer within the retry time
   */
  @Override
  public byte @Nullable [] serialize(String topic, @Nullable T record) {
    if (record == null) {
      return null;
    }
    int schemaId = registry.idOf(Topic.subject(topic), schema);
    try {
      CountingStream counter = new CountingStream();
      encode(record, counter);
      byte[] data = new byte[WireFormat.HEADER_BYTES + counter.count];
      WireFormat.writeHeader(data, schemaId);
      encode(record, new ArrayStream(data, WireFormat.HEADER_BYTES));
      return data;
    } catch (IOException e) {
      throw new IllegalStateException("Writing to memory cannot fail", e);
    }
  }

  private void encode(T record, OutputStream stream) throws IOException {
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(stream, null);
    writer.write(record, encoder);
    encoder.flush();
  }

  private static final class CountingStream extends OutputStream {
    private int count;

    @Override
    public void write(int value) {
      count++;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      count += length;
    }
  }

  private static final class ArrayStream extends OutputStream {
    private final byte[] target;
    private int position;

    ArrayStream(byte[] target, int position) {
      this.target = target;
      this.position = position;
    }

    @Override
    public void write(int value) {
      target[position++] = (byte) value;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      System.arraycopy(source, offset, target, position, length);
      position += length;
    }
  }
}
