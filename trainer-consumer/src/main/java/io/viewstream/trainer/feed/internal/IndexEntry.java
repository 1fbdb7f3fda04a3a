package io.viewstream.trainer.feed.internal;

import io.viewstream.schemas.serde.Piece;
import java.util.Map;

/** What the index learns of a record: from itself on its way to a log, or from its frame there. */
interface IndexEntry {

  /** What it is. */
  FrameKind kind();

  /** Partition of the record in Kafka. */
  int partition();

  /** Offset of the record in Kafka. */
  long offset();

  /** Offset of the source record: its own, or the one that a view was made from. */
  long sourceOffset();

  /** Timestamp of the record in Kafka, in milliseconds since 1970. */
  long timestampMillis();

  /** The first 8 bytes of the source's digest. */
  long digestPrefix();

  /** Index of the view in its run. */
  int viewIndex();

  /** Run of the generation stage. */
  String run();

  /** Id of the image in UTF-8. */
  Piece encodedImageId();

  /** Hash of that: {@link ImageHash}. */
  long imageHash();

  /** The offsets by partition, in kinds that have some. */
  Map<Integer, Long> offsets();
}
