package io.viewstream.schemas;

import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * A topic of the contract: its base name, the record it carries and the settings it is created
 * with.
 *
 * <p>Nothing is ever deleted by time or size, because trainers replay the topics. The payloads are
 * compressed images, so brokers store what producers sent ({@code compression.type=producer}).
 */
public enum Topic {
  /** Real images, keyed by image id; a null value withdraws an image. */
  SOURCE_IMAGES("source-images", SourceImage.class, SourceImage.getClassSchema(), true),
  /** Generated views, keyed by image id, on the partition number of their source record. */
  SYNTHETIC_VIEWS("synthetic-views", SyntheticView.class, SyntheticView.getClassSchema(), true),
  /** What could not be processed, and why. */
  DEAD_LETTERS("dead-letters", DeadLetter.class, DeadLetter.getClassSchema(), true),
  /**
   * One record for each run of the generation stage; one partition, so that the first one counts.
   */
  GENERATION_RUNS("generation-runs", GenerationRun.class, GenerationRun.getClassSchema(), false);

  /** The largest record that a topic takes, in bytes. */
  public static final int MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

  private final String baseName;
  private final Class<? extends SpecificRecordBase> recordType;
  private final Schema schema;
  private final boolean partitioned;

  Topic(
      String baseName,
      Class<? extends SpecificRecordBase> recordType,
      Schema schema,
      boolean partitioned) {
    this.baseName = baseName;
    this.recordType = recordType;
    this.schema = schema;
    this.partitioned = partitioned;
  }

  /** The topic's name before any prefix, for example {@code source-images}. */
  public String baseName() {
    return baseName;
  }

  /** The generated class of the topic's values. */
  public Class<? extends SpecificRecordBase> recordType() {
    return recordType;
  }

  /** The schema of the topic's values, as this build writes them. */
  public Schema schema() {
    return schema;
  }

  /** Whether the topic has as many partitions as the user asks for; else it has one. */
  public boolean partitioned() {
    return partitioned;
  }

  /** The settings that the topic is created with, for the given number of replicas. */
  public Map<String, String> configuration(int replicationFactor) {
    return Map.of(
        "cleanup.policy", "delete",
        "retention.ms", "-1",
        "retention.bytes", "-1",
        "compression.type", "producer",
        "max.message.bytes", Integer.toString(MAX_MESSAGE_BYTES),
        "min.insync.replicas", replicationFactor >= 3 ? "2" : "1");
  }

  /** The subject of the value's schema (TopicNameStrategy) for a topic of this name. */
  public static String subject(String topicName) {
    return topicName + "-value";
  }
}
