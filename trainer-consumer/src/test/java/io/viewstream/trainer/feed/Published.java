package io.viewstream.trainer.feed;

import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.RgbImage;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.GenerationRuns;
import io.viewstream.schemas.ContentDigest;
import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.ErrorCategory;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.schemas.ImageEncoding;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.SourceRecord;
import io.viewstream.schemas.Stage;
import io.viewstream.schemas.SyntheticView;
import io.viewstream.schemas.serde.RecordSerializer;
import io.viewstream.schemas.serde.SchemaRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Publishes images and views as the other services would; for tests. */
public final class Published implements AutoCloseable {

  private final ConnectionSettings connection;
  private final RecordSerializer<SourceImage> sources;
  private final RecordSerializer<SyntheticView> views;
  private final RecordSerializer<DeadLetter> deadLetters;
  private final Admin admin;
  private final Producer<byte[], byte[]> plain;
  private final Producer<byte[], byte[]> transactional;

  /** A source image as it stands in Kafka. */
  public record Source(String imageId, byte[] content, int partition, long offset) {}

  public Published(ConnectionSettings connection) {
    this.connection = connection;
    SchemaRegistry registry = connection.schemaRegistry();
    sources = new RecordSerializer<>(registry, SourceImage.getClassSchema());
    views = new RecordSerializer<>(registry, SyntheticView.getClassSchema());
    deadLetters = new RecordSerializer<>(registry, DeadLetter.getClassSchema());
    admin = Admin.create(connection.kafkaProperties());
    plain = producer(connection.kafkaProperties());
    Map<String, Object> properties = connection.kafkaProperties();
    properties.put("transactional.id", UUID.randomUUID().toString());
    transactional = producer(properties);
    transactional.initTransactions();
  }

  private static Producer<byte[], byte[]> producer(Map<String, Object> properties) {
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  static byte[] picture(long seed) {
    byte[] pixels = new byte[20 * 20 * 3];
    new Random(seed).nextBytes(pixels);
    return ImageEncoder.png(new RgbImage(20, 20, pixels));
  }

  public void run(String name, int viewsPerImage) {
    new GenerationRuns(connection)
        .declare(
            new GenerationRun(
                name, "scripted", "1", viewsPerImage, 7L, "png", Instant.EPOCH, List.of()));
  }

  public Source source(String imageId, long contentSeed) {
    return source(imageId, picture(contentSeed));
  }

  private Source source(String imageId, byte[] content) {
    RecordMetadata metadata = written(sendSource(imageId, content));
    return new Source(imageId, content, metadata.partition(), metadata.offset());
  }

  /** Images {@code set/<number>} in one go. */
  public List<Source> sources(long first, int count) {
    List<byte[]> contents = new ArrayList<>();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      contents.add(picture(first + i));
      sent.add(sendSource("set/" + (first + i), contents.get(i)));
    }
    plain.flush();
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RecordMetadata metadata = written(sent.get(i));
      sources.add(
          new Source(
              "set/" + (first + i), contents.get(i), metadata.partition(), metadata.offset()));
    }
    return sources;
  }

  private Future<RecordMetadata> sendSource(String imageId, byte[] content) {
    SourceImage image =
        new SourceImage(
            imageId,
            "set",
            imageId,
            "class",
            ImageEncoding.PNG,
            20,
            20,
            ByteBuffer.wrap(content),
            ContentDigest.of(ByteBuffer.wrap(content)),
            Instant.EPOCH);
    String topic = connection.topics().sourceImages();
    return send(plain, topic, null, imageId, sources.serialize(topic, image));
  }

  void withdraw(String imageId) {
    written(send(plain, connection.topics().sourceImages(), null, imageId, null));
  }

  /** Begins a transaction that stays open until {@link #commit} or {@link #abort}. */
  void begin() {
    transactional.beginTransaction();
  }

  /** Returns when readers of committed records can see the transaction, which is a little later. */
  void commit() {
    transactional.commitTransaction();
    awaitMarkers();
  }

  void abort() {
    transactional.flush();
    transactional.abortTransaction();
    awaitMarkers();
  }

  private void awaitMarkers() {
    while (!ends(IsolationLevel.READ_COMMITTED).equals(ends(IsolationLevel.READ_UNCOMMITTED))) {
      Thread.onSpinWait();
    }
  }

  private Map<TopicPartition, Long> ends(IsolationLevel isolation) {
    Map<TopicPartition, OffsetSpec> specs = new HashMap<>();
    for (String topic :
        List.of(connection.topics().syntheticViews(), connection.topics().deadLetters())) {
      for (PartitionInfo partition : plain.partitionsFor(topic)) {
        specs.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest());
      }
    }
    try {
      Map<TopicPartition, Long> ends = new HashMap<>();
      admin
          .listOffsets(specs, new ListOffsetsOptions(isolation))
          .all()
          .get()
          .forEach((partition, result) -> ends.put(partition, result.offset()));
      return ends;
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All views of a source in a transaction of their own. */
  public void views(Source source, String run, int count) {
    views(List.of(source), run, count);
  }

  /** All views of some sources in one transaction. */
  public void views(List<Source> sourceImages, String run, int count) {
    begin();
    for (Source source : sourceImages) {
      for (int index = 0; index < count; index++) {
        view(source, run, index);
      }
    }
    commit();
  }

  /** One view, within a transaction. */
  void view(Source source, String run, int index) {
    SyntheticView view =
        new SyntheticView(
            source.imageId(),
            origin(source),
            ContentDigest.of(ByteBuffer.wrap(source.content())),
            run,
            "scripted",
            "1",
            index,
            0,
            0L,
            ImageEncoding.PNG,
            20,
            20,
            ByteBuffer.wrap(picture(source.offset() * 1000 + index)),
            Instant.EPOCH,
            1L);
    String topic = connection.topics().syntheticViews();
    send(transactional, topic, source.partition(), source.imageId(), views.serialize(topic, view));
  }

  void deadLetter(Source source, String run) {
    DeadLetter letter =
        new DeadLetter(
            source.imageId(),
            origin(source),
            null,
            run,
            Stage.GENERATION,
            ErrorCategory.MODEL,
            "the views were constant",
            null,
            -1L,
            ByteBuffer.allocate(0),
            Instant.EPOCH);
    String topic = connection.topics().deadLetters();
    begin();
    send(transactional, topic, null, source.imageId(), deadLetters.serialize(topic, letter));
    commit();
  }

  /** Bytes that no one can read. */
  void malformedSource(String imageId) {
    written(send(plain, connection.topics().sourceImages(), null, imageId, new byte[] {9, 9}));
  }

  private SourceRecord origin(Source source) {
    return new SourceRecord(
        connection.topics().sourceImages(), "some id", source.partition(), source.offset());
  }

  private static Future<RecordMetadata> send(
      Producer<byte[], byte[]> producer,
      String topic,
      @Nullable Integer partition,
      String key,
      byte @Nullable [] value) {
    return producer.send(
        new ProducerRecord<>(topic, partition, key.getBytes(StandardCharsets.UTF_8), value));
  }

  private static RecordMetadata written(Future<RecordMetadata> sent) {
    try {
      return sent.get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    plain.close();
    transactional.close();
    admin.close();
  }
}
