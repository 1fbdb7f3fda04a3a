package io.viewstream.schemas.serde;

import io.viewstream.schemas.Topic;
import java.io.IOException;
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
 * <p>The record is encoded once, and an image's bytes are copied once, into an array of just the
 * record's size.
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
      GatheringStream gathered = new GatheringStream();
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(gathered, null);
      writer.write(record, encoder);
      encoder.flush();
      byte[] data = gathered.toByteArray(WireFormat.HEADER_BYTES);
      WireFormat.writeHeader(data, schemaId);
      return data;
    } catch (IOException e) {
      throw new IllegalStateException("Writing to memory cannot fail", e);
    }
  }
}
