package io.viewstream.schemas.serde;

import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.SyntheticView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;

/**
 * Finds some fields of records in Confluent's wire format and copies nothing. Records that were
 * written with this build's schema are walked through; of others {@link RecordDeserializer}'s way
 * is taken, which makes whole objects. Both ways call the same bytes malformed. One thread; the
 * registry is borrowed.
 *
 * @param <F> the fields
 */
public final class FieldsReader<F> {

  private final Schema schema;
  private final SchemaRegistry registry;
  private final Way<F> inPlace;
  private final Function<Schema, Way<F>> otherwise;
  private final Map<Integer, Way<F>> ways = new HashMap<>();

  /** How records of one writer's schema are read. */
  interface Way<F> {
    F read(ArrayDecoder decoder) throws IOException;
  }

  private FieldsReader(
      SchemaRegistry registry, Schema schema, Way<F> inPlace, Function<Schema, Way<F>> otherwise) {
    this.registry = registry;
    this.schema = schema;
    this.inPlace = inPlace;
    this.otherwise = otherwise;
  }

  /** A reader of source images. */
  public static FieldsReader<SourceImageFields> ofSourceImages(SchemaRegistry registry) {
    Schema schema = SourceImage.getClassSchema();
    return new FieldsReader<>(
        registry,
        schema,
        SourceImageFields::read,
        writer -> throughObjects(writer, schema, SourceImageFields::of));
  }

  /** A reader of synthetic views. */
  public static FieldsReader<SyntheticViewFields> ofSyntheticViews(SchemaRegistry registry) {
    Schema schema = SyntheticView.getClassSchema();
    return new FieldsReader<>(
        registry,
        schema,
        SyntheticViewFields::read,
        writer -> throughObjects(writer, schema, SyntheticViewFields::of));
  }

  private static <T extends SpecificRecordBase, F> Way<F> throughObjects(
      Schema writer, Schema schema, Function<T, F> fields) {
    SpecificDatumReader<T> reader = new SpecificDatumReader<>(writer, schema);
    return decoder -> fields.apply(reader.read(null, decoder));
  }

  /**
   * The fields of a record; null for null, which is a tombstone.
   *
   * @param data between position and limit; if it has an array, the fields are pieces of that
   * @throws MalformedRecordException when these bytes can never be read
   * @throws RegistryUnavailableException when the registry gave no answer within the retry time
   */
  public @Nullable F read(@Nullable ByteBuffer data) {
    if (data == null) {
      return null;
    }
    Piece piece = Piece.of(data);
    int schemaId = WireFormat.readSchemaId(piece);
    Way<F> way = ways.get(schemaId);
    if (way == null) {
      Schema writer = registry.byId(schemaId);
      way = writer.equals(schema) ? inPlace : otherwise.apply(writer);
      ways.put(schemaId, way);
    }
    return read(piece, schemaId, schema, way);
  }

  /** All of a record behind its header. */
  static <F> F read(Piece data, int schemaId, Schema schema, Way<F> way) {
    ArrayDecoder decoder =
        new ArrayDecoder(
            data.array(),
            data.start() + WireFormat.HEADER_BYTES,
            data.size() - WireFormat.HEADER_BYTES);
    try {
      F read = way.read(decoder);
      if (!decoder.isEnd()) {
        throw new MalformedRecordException(
            "Record of " + schema.getName() + " has bytes left over after its last field");
      }
      return read;
    } catch (IOException
        | AvroRuntimeException
        | IndexOutOfBoundsException
        | UnsupportedOperationException e) {
      throw new MalformedRecordException(
          "Bytes with schema id "
              + schemaId
              + " cannot be read as "
              + schema.getFullName()
              + ": "
              + e.getMessage(),
          e);
    }
  }
}
