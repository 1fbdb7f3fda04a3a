package io.viewstream.augment.internal;

import io.viewstream.generators.Generator;
import io.viewstream.generators.ViewSetGenerator;
import io.viewstream.imaging.ImageDecoder;
import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.SyntheticView;
import io.viewstream.schemas.TopicNames;
import io.viewstream.schemas.serde.RecordDeserializer;
import io.viewstream.schemas.serde.RecordSerializer;
import io.viewstream.schemas.serde.SchemaRegistry;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.Topology;

/**
 * Puts the topology together from what it needs of the outside world.
 *
 * @param topics names of the topics
 * @param sourceTopicId Kafka's id of the source topic
 * @param maxViewMessageBytes {@code max.message.bytes} of synthetic-views
 * @param registry of the schemas; borrowed
 * @param run what is generated
 * @param generator shared by all stream threads; borrowed
 * @param metrics borrowed
 * @param clock wall clock of the records' times
 * @param nanoTime clock of the meters
 */
public record StageParts(
    TopicNames topics,
    String sourceTopicId,
    int maxViewMessageBytes,
    SchemaRegistry registry,
    RunIdentity run,
    Generator generator,
    GenerationMetrics metrics,
    InstantSource clock,
    LongSupplier nanoTime) {

  private ImageDecoder decoder() {
    return new ImageDecoder(generator.description().outputSize().mostSourcePixels());
  }

  /** The topology; needs no broker. */
  public Topology topology() {
    RecordSerializer<SyntheticView> views =
        new RecordSerializer<>(registry, SyntheticView.getClassSchema());
    RecordSerializer<DeadLetter> letters =
        new RecordSerializer<>(registry, DeadLetter.getClassSchema());
    RecordDeserializer<SourceImage> sources =
        new RecordDeserializer<>(registry, SourceImage.getClassSchema());
    RecordSettler settler =
        new RecordSettler(
            run,
            new SourceReader(topics.sourceImages(), sources, decoder()),
            new ViewSetGenerator(generator),
            new ViewRecords(topics.syntheticViews(), run, maxViewMessageBytes, views),
            new DeadLetters(topics.deadLetters(), run.name(), letters, clock),
            metrics,
            clock,
            nanoTime);
    return AugmentTopology.of(
        topics, () -> new AugmentProcessor(sourceTopicId, settler, metrics, clock));
  }
}
