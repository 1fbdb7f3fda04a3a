package io.viewstream.augment.internal;

/**
 * The meters of the generation stage: the one definition of their names, units and meanings. They
 * are published over JMX as {@code viewstream.augment:type=generation,run=…}; names are part of the
 * stage's contract. Kafka Streams' and its clients' own metrics stand beside them.
 */
public enum StageMeter {
  SETTLED("source-images", Kind.COUNT, "Source records that got their views"),
  VIEWS("synthetic-views", Kind.COUNT, "Views forwarded"),
  DEAD_LETTERS("dead-letters", Kind.COUNT, "Records given up; one meter per category (tag)"),
  DECODE("decode", Kind.TIME, "From a record's bytes to its pixels"),
  GENERATE("generate", Kind.TIME, "A record's wait for its views: queue and inference"),
  ENCODE("encode", Kind.TIME, "From a record's views to their records"),
  INFERENCE("inference", Kind.TIME, "One call of the model"),
  BATCH_FILL("batch-fill", Kind.RATIO, "Requests in a call over the model's best batch size");

  /** How a meter is aggregated. */
  public enum Kind {
    /** {@code <name>-rate} per second and {@code <name>-total}. */
    COUNT,
    /** {@code <name>-time-avg} and {@code <name>-time-max} in milliseconds. */
    TIME,
    /** {@code <name>-avg}. */
    RATIO
  }

  private final String label;
  private final Kind kind;
  private final String description;

  StageMeter(String label, Kind kind, String description) {
    this.label = label;
    this.kind = kind;
    this.description = description;
  }

  /** The meter's name before the suffix of its kind. */
  public String label() {
    return label;
  }

  public Kind kind() {
    return kind;
  }

  public String description() {
    return description;
  }
}
