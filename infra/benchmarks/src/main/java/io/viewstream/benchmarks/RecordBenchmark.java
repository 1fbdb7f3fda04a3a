package io.viewstream.benchmarks;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.viewstream.schemas.ContentDigest;
import io.viewstream.schemas.ImageEncoding;
import io.viewstream.schemas.Sha256;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.Topic;
import io.viewstream.schemas.serde.RecordDeserializer;
import io.viewstream.schemas.serde.RecordSerializer;
import io.viewstream.schemas.serde.SchemaRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What ingest and pool do for one record of an image: its digest, Avro in Confluent's framing, and
 * back. The registry is asked once, before anything is timed.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RecordBenchmark {

  private static final String TOPIC = "source-images";

  /** Size of the image's content. */
  @Param({"2048", "102400"})
  public int contentBytes;

  private SourceImage image = new SourceImage();
  private byte[] record = new byte[0];
  private RecordSerializer<SourceImage> serializer = serializer(new MockSchemaRegistryClient());
  private RecordDeserializer<SourceImage> deserializer =
      deserializer(new MockSchemaRegistryClient());

  /** Makes a record of random content. */
  @Setup
  public void makeRecord() throws IOException, RestClientException {
    MockSchemaRegistryClient registry = new MockSchemaRegistryClient();
    registry.register(Topic.subject(TOPIC), new AvroSchema(SourceImage.getClassSchema()));
    serializer = serializer(registry);
    deserializer = deserializer(registry);
    byte[] content = new byte[contentBytes];
    new Random(1).nextBytes(content);
    image =
        SourceImage.newBuilder()
            .setImageId("photos/n01440764/n01440764_10026.jpg")
            .setDataset("photos")
            .setPath("n01440764/n01440764_10026.jpg")
            .setLabel("n01440764")
            .setEncoding(ImageEncoding.JPEG)
            .setWidth(500)
            .setHeight(375)
            .setContent(ByteBuffer.wrap(content))
            .setSha256(ContentDigest.of(ByteBuffer.wrap(content)))
            .setIngestedAt(Instant.EPOCH)
            .build();
    record = serialize();
  }

  private static RecordSerializer<SourceImage> serializer(MockSchemaRegistryClient registry) {
    return new RecordSerializer<>(
        new SchemaRegistry(registry, "mock://registry"), SourceImage.getClassSchema());
  }

  private static RecordDeserializer<SourceImage> deserializer(MockSchemaRegistryClient registry) {
    return new RecordDeserializer<>(
        new SchemaRegistry(registry, "mock://registry"), SourceImage.getClassSchema());
  }

  /** The digest of the content. */
  @Benchmark
  public Sha256 digest() {
    return ContentDigest.of(image.getContent());
  }

  /** The record's bytes. */
  @Benchmark
  public byte[] serialize() {
    byte[] bytes = serializer.serialize(TOPIC, image);
    if (bytes == null) {
      throw new IllegalStateException("Only null becomes null");
    }
    return bytes;
  }

  /** The record of its bytes. */
  @Benchmark
  public SourceImage deserialize() {
    SourceImage read = deserializer.deserialize(TOPIC, record);
    if (read == null) {
      throw new IllegalStateException("Only null becomes null");
    }
    return read;
  }
}
