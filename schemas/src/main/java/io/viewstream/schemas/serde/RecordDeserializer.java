package io.viewstream.schemas.serde;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads records of one type from Confluent's wire format, whatever compatible version of the schema
 * they were written with. Safe for use by several threads; the registry is borrowed.
 *
 * @param <T> the generated record class
 */
public final class RecordDeserializer<T extends SpecificRecordBase> implements Deserializer<T> {
  private final SchemaRegistry registry;
  private final Schema schema;
  private final ConcurrentMap<Integer, SpecificDatumReader<T>> readers = new ConcurrentHashMap<>();

  /**
   * A deserializer for one type of record.
   *
   * @param schema the record type's own schema, such as {@code SourceImage.getClassSchema()}
   */
  public RecordDeserializer(SchemaRegistry registry, Schema schema) {
    this.registry = registry;
    this.schema = schema;
  }

  /**
   * The record; null for null, which is a tombstone. Its {@code bytes} fields are slices of the
   * given array (position 0, with an array offset), which must not change afterwards.
   *
   * @throws MalformedRecordException when these bytes can never be read
   * @throws RegistryUnavailableException when the registry gave no answer within the retry time
   */
  @Override
  public @Nullable T deserialize(String topic, byte @Nullable [] data) {
    if (data == null) {
      return null;
    }
    Piece piece = Piece.of(data);
    int schemaId = WireFormat.readSchemaId(piece);
    SpecificDatumReader<T> reader = readers.get(schemaId);
    if (reader == null) {
      reader = new SpecificDatumReader<>(registry.byId(schemaId), schema);
      readers.put(schemaId, reader);
    }
    SpecificDatumReader<T> chosen = reader;
    return FieldsReader.read(piece, schemaId, schema, decoder -> chosen.read(null, decoder));
  }
}
