package io.viewstream.augment.internal;

import io.viewstream.schemas.TopicNames;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;

/**
 * The stage's topology: source-images → {@link AugmentProcessor} → synthetic-views and
 * dead-letters. No state store, no internal topic. Needs no broker.
 *
 * <p>Keys and values are bytes at both ends: what cannot be read must reach the processor to become
 * a dead letter, and what is written must be measured before it is forwarded.
 */
final class AugmentTopology {
  static final String SOURCE = "source-images";
  static final String AUGMENT = "augment";
  static final String VIEWS = "synthetic-views";
  static final String DEAD_LETTERS = "dead-letters";

  private AugmentTopology() {}

  static Topology of(
      TopicNames topics, ProcessorSupplier<byte[], byte[], PartitionedKey, byte[]> processors) {
    Topology topology = new Topology();
    topology.addSource(
        SOURCE, new ByteArrayDeserializer(), new ByteArrayDeserializer(), topics.sourceImages());
    topology.addProcessor(AUGMENT, processors, SOURCE);
    topology.addSink(
        VIEWS,
        topics.syntheticViews(),
        PartitionedKey.serializer(),
        new ByteArraySerializer(),
        PartitionedKey.partitioner(),
        AUGMENT);
    topology.addSink(
        DEAD_LETTERS,
        topics.deadLetters(),
        PartitionedKey.serializer(),
        new ByteArraySerializer(),
        PartitionedKey.partitioner(),
        AUGMENT);
    return topology;
  }
}
