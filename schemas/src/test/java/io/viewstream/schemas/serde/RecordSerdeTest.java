package io.viewstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.schemas.ContentDigest;
import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.ImageEncoding;
import io.viewstream.schemas.SourceImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecordSerdeTest {
  private static final String TOPIC = "source-images";
  private static final RetryPolicy IMPATIENT =
      new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(500));

  private InMemoryRegistry server;
  private SchemaRegistry registry;
  private RecordSerializer<SourceImage> serializer;
  private RecordDeserializer<SourceImage> deserializer;

  @BeforeEach
  void start() throws IOException {
    server = new InMemoryRegistry();
    server.put("source-images-value", 42, SourceImage.getClassSchema());
    registry = new SchemaRegistry(server.client(), server.url(), IMPATIENT);
    serializer = new RecordSerializer<>(registry, SourceImage.getClassSchema());
    deserializer = new RecordDeserializer<>(registry, SourceImage.getClassSchema());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static SourceImage image() {
    return SourceImage.newBuilder()
        .setImageId("d/a.png")
        .setDataset("d")
        .setPath("a.png")
        .setLabel(null)
        .setEncoding(ImageEncoding.PNG)
        .setWidth(3)
        .setHeight(64)
        .setContent(ByteBuffer.wrap(new byte[] {1, 2, 3}))
        .setSha256(ContentDigest.of(ByteBuffer.wrap(new byte[] {1, 2, 3})))
        .setIngestedAt(Instant.ofEpochMilli(1))
        .build();
  }

  @Test
  void shouldWriteTheGoldenBytes() {
    // By hand from the specifications: lengths and integers are zig-zag (3 -> 06, 64 -> 8001).
    String golden =
        "00 0000002a" // magic byte, schema id 42
            + "0e 642f612e706e67" // imageId "d/a.png"
            + "02 64" // dataset "d"
            + "0a 612e706e67" // path "a.png"
            + "00" // label: first branch of the union, null
            + "04" // encoding: third symbol, PNG
            + "06" // width 3
            + "8001" // height 64
            + "06 010203" // content
            + "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81" // SHA-256 of
            // 010203
            + "02"; // ingestedAt 1 ms

    assertThat(serializer.serialize(TOPIC, image()))
        .isEqualTo(HexFormat.of().parseHex(golden.replace(" ", "")));
  }

  @Test
  void shouldReadWhatItWrote() {
    assertThat(deserializer.deserialize(TOPIC, serializer.serialize(TOPIC, image())))
        .isEqualTo(image());
    assertThat(deserializer.deserialize(TOPIC, serializer.serialize(TOPIC, null))).isNull();
  }

  @Test
  void shouldAskTheRegistryOnceForManyRecords() {
    for (int i = 0; i < 5; i++) {
      deserializer.deserialize(TOPIC, serializer.serialize(TOPIC, image()));
    }
    assertThat(server.calls())
        .as("one look-up by schema, which Confluent's client remembers by id too")
        .isEqualTo(1);
  }

  @Test
  void shouldCallEachKindOfDamageMalformed() {
    byte[] good = serializer.serialize(TOPIC, image());
    byte[] wrongMagic = good.clone();
    wrongMagic[0] = 7;
    byte[] unknownId = good.clone();
    unknownId[4] = 43;
    byte[] hugeContent = good.clone();
    // The content's length becomes five bytes that ask for about 2 GiB.
    int contentLengthAt = good.length - 1 - 32 - 3 - 1;
    hugeContent = Arrays.copyOf(hugeContent, contentLengthAt + 5);
    Arrays.fill(hugeContent, contentLengthAt, contentLengthAt + 4, (byte) 0xfe);
    hugeContent[contentLengthAt + 4] = 0x0f;

    assertMalformed(new byte[0], "0 bytes");
    assertMalformed(new byte[] {0, 0, 0, 0}, "4 bytes");
    assertMalformed(wrongMagic, "starts with byte 7");
    assertMalformed(unknownId, "Schema id 43 is unknown");
    assertMalformed(Arrays.copyOf(good, good.length - 1), "cannot be read");
    assertMalformed(Arrays.copyOf(good, good.length + 1), "left over");
    assertMalformed(hugeContent, "cannot be read");
  }

  private void assertMalformed(byte[] data, String expected) {
    assertThatThrownBy(() -> deserializer.deserialize(TOPIC, data))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void shouldNeverThrowAnythingButMalformedForRandomDamage() {
    byte[] good = serializer.serialize(TOPIC, image());
    java.util.Random random = new java.util.Random(7);
    for (int round = 0; round < 2000; round++) {
      byte[] damaged = good.clone();
      for (int changes = 0; changes <= round % 4; changes++) {
        damaged[5 + random.nextInt(damaged.length - 5)] = (byte) random.nextInt();
      }
      try {
        deserializer.deserialize(TOPIC, damaged);
      } catch (MalformedRecordException expected) {
        assertThat(expected).hasMessageContaining("SourceImage");
      }
    }
  }

  @Test
  void shouldGiveContentAsASliceOfTheRecordsBytes() {
    byte[] data = serializer.serialize(TOPIC, image());
    ByteBuffer content = deserializer.deserialize(TOPIC, data).getContent();

    assertThat(content.array()).isSameAs(data);
    assertThat(content.position()).isZero();
    assertThat(content).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
  }

  @Test
  void shouldCallARecordOfAnotherTypeMalformed() {
    server.put("source-images-value", 50, DeadLetter.getClassSchema());
    byte[] data = serializer.serialize(TOPIC, image());
    data[4] = 50;

    assertMalformed(data, "cannot be read as io.viewstream.schemas.SourceImage");
  }

  @Test
  void shouldReadASymbolOfANewerWriterAsUnknown() throws IOException {
    Schema newerEncoding =
        SchemaBuilder.enumeration("ImageEncoding")
            .namespace("io.viewstream.schemas")
            .defaultSymbol("UNKNOWN")
            .symbols("UNKNOWN", "JPEG", "PNG", "AVIF");
    Schema newer =
        new Schema.Parser()
            .parse(
                SourceImage.getClassSchema()
                    .toString()
                    .replace(
                        "[\"UNKNOWN\",\"JPEG\",\"PNG\"]",
                        "[\"UNKNOWN\",\"JPEG\",\"PNG\",\"AVIF\"]"));
    server.put("source-images-value", 60, newer);
    GenericData.Record record = new GenericData.Record(newer);
    SourceImage image = image();
    for (Schema.Field field : newer.getFields()) {
      record.put(field.name(), image.get(field.name()));
    }
    record.put("ingestedAt", 1L);
    record.put("encoding", new GenericData.EnumSymbol(newerEncoding, "AVIF"));
    record.put(
        "sha256",
        new GenericData.Fixed(newer.getField("sha256").schema(), image.getSha256().bytes()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(new byte[] {0, 0, 0, 0, 60});
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    new GenericDatumWriter<>(newer).write(record, encoder);
    encoder.flush();

    assertThat(deserializer.deserialize(TOPIC, bytes.toByteArray()).getEncoding())
        .isEqualTo(ImageEncoding.UNKNOWN);
  }

  @Test
  void shouldWaitForARegistryThatComesBack() {
    for (int status : List.of(500, 503, 401, 403, 429)) {
      SchemaRegistry fresh = new SchemaRegistry(server.client(), server.url(), IMPATIENT);
      server.failNext(3, status);
      assertThat(fresh.byId(42))
          .as("after three answers of %d", status)
          .isEqualTo(SourceImage.getClassSchema());
    }
  }

  @Test
  void shouldNotBlameTheRecordForAPageThatIsNoAnswerOfARegistry() {
    SchemaRegistry fresh = new SchemaRegistry(server.client(), server.url(), IMPATIENT);
    server.failNextAsWebServer(3, 404);

    assertThat(fresh.byId(42)).isEqualTo(SourceImage.getClassSchema());

    server.failNextAsWebServer(Integer.MAX_VALUE, 404);
    assertThatThrownBy(() -> fresh.byId(43))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("check --schema-registry-url");
  }

  @Test
  void shouldCallARecordWithASchemaOfAnotherKindMalformed() {
    server.putForeign(7, "PROTOBUF", "syntax = \"proto3\"; message Other {}");
    byte[] data = {0, 0, 0, 0, 7, 1, 2};

    assertThatThrownBy(() -> deserializer.deserialize(TOPIC, data))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("Schema id 7 is no Avro schema");
  }

  @Test
  void shouldGiveUpOnARegistryThatStaysAwayWithoutBlamingTheRecord() {
    byte[] data = serializer.serialize(TOPIC, image());
    server.close();
    RecordDeserializer<SourceImage> fresh =
        new RecordDeserializer<>(
            new SchemaRegistry(server.client(), server.url(), IMPATIENT),
            SourceImage.getClassSchema());

    assertThatThrownBy(() -> fresh.deserialize(TOPIC, data))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("The schema registry at " + server.url() + " gave no answer in")
        .hasMessageEndingWith("; check --schema-registry-url");
  }

  @Test
  void shouldStopWaitingWhenInterrupted() {
    server.failNext(Integer.MAX_VALUE, 503);
    SchemaRegistry patient =
        new SchemaRegistry(
            server.client(),
            server.url(),
            new RetryPolicy(Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofHours(1)));
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> patient.byId(42)).isInstanceOf(RegistryUnavailableException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void shouldNameTheRemedyWhenTheSchemaIsNotRegistered() {
    assertThatThrownBy(() -> serializer.serialize("other-topic", image()))
        .isInstanceOf(SchemaNotRegisteredException.class)
        .hasMessageContaining("other-topic-value")
        .hasMessageContaining("viewstream topics create");
  }
}
