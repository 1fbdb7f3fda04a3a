package io.viewstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.schemas.ImageEncoding;
import io.viewstream.schemas.Sha256;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.SourceRecord;
import io.viewstream.schemas.SyntheticView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The two ways of reading say the same of the same bytes, good or damaged. */
class FieldsReaderTest {

  private static final int SOURCES = 1;
  private static final int VIEWS = 2;
  private static final int OTHER_SOURCES = 3;
  private static final int OTHER_VIEWS = 4;
  private static final RetryPolicy IMPATIENT =
      new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(500));

  private InMemoryRegistry server;
  private SchemaRegistry registry;

  @BeforeEach
  void start() throws IOException {
    server = new InMemoryRegistry();
    server.put("images-value", SOURCES, SourceImage.getClassSchema());
    server.put("views-value", VIEWS, SyntheticView.getClassSchema());
    server.put("other-images-value", OTHER_SOURCES, other(SourceImage.getClassSchema()));
    server.put("other-views-value", OTHER_VIEWS, other(SyntheticView.getClassSchema()));
    registry = new SchemaRegistry(server.client(), server.url(), IMPATIENT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** The same bytes under a schema that is not equal: a default more. */
  private static Schema other(Schema schema) {
    String text = schema.toString();
    int encoding = text.indexOf("\"name\":\"width\"");
    return new Schema.Parser()
        .parse(text.substring(0, encoding) + "\"default\":7," + text.substring(encoding));
  }

  private static SourceImage image(Random random) {
    return SourceImage.newBuilder()
        .setImageId(text(random))
        .setDataset(text(random))
        .setPath(text(random))
        .setLabel(random.nextBoolean() ? text(random) : null)
        .setEncoding(encoding(random))
        .setWidth(random.nextInt())
        .setHeight(random.nextInt(200))
        .setContent(content(random))
        .setSha256(digest(random))
        .setIngestedAt(Instant.ofEpochMilli(random.nextLong() >> 20))
        .build();
  }

  private static SyntheticView view(Random random) {
    return SyntheticView.newBuilder()
        .setImageId(text(random))
        .setSource(
            SourceRecord.newBuilder()
                .setTopic(text(random))
                .setTopicId(text(random))
                .setPartition(random.nextInt(20))
                .setOffset(random.nextLong() >>> 1)
                .build())
        .setSourceSha256(digest(random))
        .setRun(text(random))
        .setGeneratorId(text(random))
        .setGeneratorVersion(text(random))
        .setViewIndex(random.nextInt(100))
        .setAttempt(random.nextInt(3))
        .setSeed(random.nextLong())
        .setEncoding(encoding(random))
        .setWidth(random.nextInt(100))
        .setHeight(random.nextInt(100))
        .setContent(content(random))
        .setGeneratedAt(Instant.ofEpochMilli(random.nextInt()))
        .setGenerationMicros(random.nextLong())
        .build();
  }

  private static String text(Random random) {
    return random.nextInt(3) == 0 ? "ä\u4e2d" + random.nextInt() : "id" + random.nextInt(1000);
  }

  private static ImageEncoding encoding(Random random) {
    return ImageEncoding.values()[random.nextInt(ImageEncoding.values().length)];
  }

  private static ByteBuffer content(Random random) {
    byte[] content = new byte[random.nextInt(100)];
    random.nextBytes(content);
    return ByteBuffer.wrap(content);
  }

  private static Sha256 digest(Random random) {
    byte[] digest = new byte[32];
    random.nextBytes(digest);
    return new Sha256(digest);
  }

  @Test
  void shouldFindTheFieldsOfSourceImages() {
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      SourceImage image = image(random);
      byte[] data = encoded("images", image, SourceImage.getClassSchema());
      SourceImageFields fields = FieldsReader.ofSourceImages(registry).read(behindOthers(data));
      assertThat(said(fields)).isEqualTo(said(SourceImageFields.of(image)));
    }
  }

  @Test
  void shouldFindTheFieldsOfViews() {
    Random random = new Random(2);
    for (int i = 0; i < 200; i++) {
      SyntheticView view = view(random);
      byte[] data = encoded("views", view, SyntheticView.getClassSchema());
      SyntheticViewFields fields = FieldsReader.ofSyntheticViews(registry).read(behindOthers(data));
      assertThat(said(fields)).isEqualTo(said(SyntheticViewFields.of(view)));
    }
  }

  @Test
  void shouldReadNullAsNull() {
    assertThat(FieldsReader.ofSourceImages(registry).read(null)).isNull();
  }

  @Test
  void shouldReadTextsThatAreNoUtf8AsTheDecoderDoes() {
    SourceImage image = SourceImage.newBuilder(image(new Random(3))).setImageId("broken").build();
    byte[] data = encoded("images", image, SourceImage.getClassSchema());
    data[WireFormat.HEADER_BYTES + 2] = (byte) 0xff;

    SourceImageFields fields = FieldsReader.ofSourceImages(registry).read(ByteBuffer.wrap(data));
    assertThat(fields.imageId().buffer()).isEqualTo(StandardCharsets.UTF_8.encode("b\ufffdoken"));
  }

  @Test
  void shouldSayOfDamagedImagesWhatTheOrdinaryWaySays() {
    long seed = 4;
    FieldsReader<SourceImageFields> reader = FieldsReader.ofSourceImages(registry);
    assertThat(inPlaceIsTaken(reader, SOURCES, OTHER_SOURCES)).isTrue();
    damaged(
        seed,
        random -> encoded("images", image(random), SourceImage.getClassSchema()),
        data -> said(reader.read(withSchemaId(data, SOURCES))),
        data -> said(reader.read(withSchemaId(data, OTHER_SOURCES))));
  }

  @Test
  void shouldSayOfDamagedViewsWhatTheOrdinaryWaySays() {
    long seed = 5;
    FieldsReader<SyntheticViewFields> reader = FieldsReader.ofSyntheticViews(registry);
    damaged(
        seed,
        random -> encoded("views", view(random), SyntheticView.getClassSchema()),
        data -> said(reader.read(withSchemaId(data, VIEWS))),
        data -> said(reader.read(withSchemaId(data, OTHER_VIEWS))));
  }

  @Test
  void shouldCallOtherBytesMalformed() {
    FieldsReader<SourceImageFields> reader = FieldsReader.ofSourceImages(registry);
    assertThatThrownBy(() -> reader.read(ByteBuffer.wrap(new byte[4])))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("4 bytes");
    assertThatThrownBy(() -> reader.read(ByteBuffer.wrap(new byte[] {9, 0, 0, 0, 1, 0})))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("byte 9");
    assertThatThrownBy(() -> reader.read(ByteBuffer.wrap(new byte[] {0, 0, 0, 0, 99, 0})))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("99");
  }

  /** Whether the two schemas lead to two ways, so that a comparison says something. */
  private boolean inPlaceIsTaken(FieldsReader<?> reader, int own, int other) {
    return !registry.byId(own).equals(registry.byId(other)) && reader.read(null) == null;
  }

  private void damaged(
      long seed,
      Function<Random, byte[]> record,
      Function<byte[], String> inPlace,
      Function<byte[], String> ordinary) {
    Random random = new Random(seed);
    int malformed = 0;
    for (int i = 0; i < 30; i++) {
      byte[] good = record.apply(random);
      for (int at = WireFormat.HEADER_BYTES; at < good.length; at++) {
        byte[] cut = Arrays.copyOf(good, at);
        byte[] changed = good.clone();
        changed[at] = (byte) random.nextInt();
        for (byte[] data : new byte[][] {cut, changed}) {
          String expected = outcome(ordinary, data);
          malformed += expected.equals("malformed") ? 1 : 0;
          assertThat(outcome(inPlace, data))
              .as("seed %d, record %d, byte %d", seed, i, at)
              .isEqualTo(expected);
        }
      }
    }
    assertThat(malformed).isGreaterThan(1000);
  }

  private static String outcome(Function<byte[], String> way, byte[] data) {
    try {
      return way.apply(data);
    } catch (MalformedRecordException e) {
      return "malformed";
    }
  }

  private <T extends SpecificRecordBase> byte[] encoded(String topic, T record, Schema schema) {
    byte[] data = new RecordSerializer<T>(registry, schema).serialize(topic, record);
    if (data == null) {
      throw new IllegalStateException("No bytes of a record");
    }
    return data;
  }

  private static ByteBuffer withSchemaId(byte[] data, int id) {
    return ByteBuffer.wrap(data.clone()).putInt(1, id);
  }

  /** As a fetch has it: in the middle of an array, and a slice of it. */
  private static ByteBuffer behindOthers(byte[] data) {
    byte[] fetched = new byte[data.length + 20];
    System.arraycopy(data, 0, fetched, 7, data.length);
    return ByteBuffer.wrap(fetched, 3, data.length + 8).slice().slice(4, data.length);
  }

  private static String said(@Nullable SourceImageFields fields) {
    assertThat(fields).isNotNull();
    Piece label = fields.label();
    return String.join(
        "|",
        fields.imageId().text(),
        label == null ? "none" : "label " + label.text(),
        "" + fields.width(),
        "" + fields.height(),
        said(fields.content()),
        said(fields.sha256()));
  }

  private static String said(@Nullable SyntheticViewFields fields) {
    assertThat(fields).isNotNull();
    return String.join(
        "|",
        fields.imageId().text(),
        "" + fields.sourcePartition(),
        "" + fields.sourceOffset(),
        said(fields.sourceSha256()),
        fields.run().text(),
        "" + fields.viewIndex(),
        "" + fields.width(),
        "" + fields.height(),
        said(fields.content()));
  }

  private static String said(Piece piece) {
    byte[] bytes = new byte[piece.size()];
    piece.buffer().get(bytes);
    return Arrays.toString(bytes);
  }
}
