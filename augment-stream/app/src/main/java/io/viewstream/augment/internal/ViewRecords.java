package io.viewstream.augment.internal;

import io.viewstream.generators.SeededView;
import io.viewstream.schemas.ErrorCategory;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.SourceRecord;
import io.viewstream.schemas.SyntheticView;
import io.viewstream.schemas.serde.RecordSerializer;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Encodes views and writes their records. Safe for use by several threads. */
final class ViewRecords {
  /** Room for what Kafka writes around a value: batch header, record header, and its key. */
  private static final int FRAMING_BYTES = 512;

  private final String topic;
  private final RunIdentity run;
  private final int maxMessageBytes;
  private final RecordSerializer<SyntheticView> serializer;

  /**
   * Encodes for one run.
   *
   * @param maxMessageBytes the topic's limit on a record batch
   */
  ViewRecords(
      String topic,
      RunIdentity run,
      int maxMessageBytes,
      RecordSerializer<SyntheticView> serializer) {
    this.topic = topic;
    this.run = run;
    this.maxMessageBytes = maxMessageBytes;
    this.serializer = serializer;
  }

  /**
   * The encoded records of all views, by view index.
   *
   * @throws RejectedRecordException when one is larger than the topic takes
   */
  List<byte[]> encode(
      SourceRecord origin,
      SourceImage source,
      List<SeededView> views,
      Instant generatedAt,
      long generationMicros)
      throws RejectedRecordException {
    List<byte[]> records = new ArrayList<>(views.size());
    for (SeededView view : views) {
      int width = view.image().width();
      int height = view.image().height();
      SyntheticView synthetic =
          SyntheticView.newBuilder()
              .setImageId(source.getImageId())
              .setSource(origin)
              .setSourceSha256(source.getSha256())
              .setRun(run.name())
              .setGeneratorId(run.generatorId())
              .setGeneratorVersion(run.generatorVersion())
              .setViewIndex(view.viewIndex())
              .setAttempt(view.attempt())
              .setSeed(view.seed())
              .setEncoding(run.encoding().imageEncoding(width, height))
              .setWidth(width)
              .setHeight(height)
              .setContent(ByteBuffer.wrap(run.encoding().encode(view.image())))
              .setGeneratedAt(generatedAt)
              .setGenerationMicros(generationMicros)
              .build();
      byte[] record = serializer.serialize(topic, synthetic);
      requireRoom(record, source, view.viewIndex(), width, height);
      records.add(record);
    }
    return records;
  }

  /** The broker would refuse too large a record only after the transaction is lost, for ever. */
  private void requireRoom(byte[] record, SourceImage source, int viewIndex, int width, int height)
      throws RejectedRecordException {
    // A codec that the user chose for the producer may add a little to what is compressed already.
    long needed = record.length + record.length / 64L + 3L * source.getImageId().length();
    if (needed + FRAMING_BYTES > maxMessageBytes) {
      throw new RejectedRecordException(
          ErrorCategory.RESOURCE,
          "View "
              + viewIndex
              + " of "
              + width
              + "x"
              + height
              + " pixels is a record of "
              + record.length
              + " bytes as "
              + run.encoding()
              + ", topic "
              + topic
              + " takes "
              + maxMessageBytes
              + " (max.message.bytes)");
    }
  }
}
