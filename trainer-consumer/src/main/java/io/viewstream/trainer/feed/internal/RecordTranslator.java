package io.viewstream.trainer.feed.internal;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.SourceRecord;
import io.viewstream.schemas.Topic;
import io.viewstream.schemas.serde.FieldsReader;
import io.viewstream.schemas.serde.MalformedRecordException;
import io.viewstream.schemas.serde.Piece;
import io.viewstream.schemas.serde.RecordDeserializer;
import io.viewstream.schemas.serde.SchemaRegistry;
import io.viewstream.schemas.serde.SourceImageFields;
import io.viewstream.schemas.serde.SyntheticViewFields;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes records of the store from records of Kafka. One that cannot be read is counted and left
 * out: the generation stage has dead-lettered it, and training goes on with the others. One thread.
 */
final class RecordTranslator {

  private static final Logger logger = LoggerFactory.getLogger(RecordTranslator.class);

  private final FieldsReader<SourceImageFields> sources;
  private final FieldsReader<SyntheticViewFields> views;
  private final RecordDeserializer<DeadLetter> deadLetters;
  private long malformedRecords;

  RecordTranslator(ConnectionSettings connection) {
    SchemaRegistry registry = connection.schemaRegistry();
    sources = FieldsReader.ofSourceImages(registry);
    views = FieldsReader.ofSyntheticViews(registry);
    deadLetters = new RecordDeserializer<>(registry, DeadLetter.getClassSchema());
  }

  /** The record, or null when it says nothing to the pool. */
  @Nullable PoolRecord translate(Topic topic, ConsumerRecord<ByteBuffer, ByteBuffer> record) {
    try {
      PoolRecord translated =
          switch (topic) {
            case SOURCE_IMAGES -> source(record);
            case SYNTHETIC_VIEWS -> view(record);
            case DEAD_LETTERS -> deadLetter(record);
            case GENERATION_RUNS -> null;
          };
      if (translated != null && !translated.fits()) {
        throw new MalformedRecordException("an id, run or label is too long");
      }
      return translated;
    } catch (MalformedRecordException e) {
      if (malformedRecords++ == 0) {
        logger.warn(
            "Left out {}-{} at offset {}: {} (more of these are only counted)",
            record.topic(),
            record.partition(),
            record.offset(),
            e.getMessage());
      }
      return null;
    }
  }

  long malformedRecords() {
    return malformedRecords;
  }

  private @Nullable PoolRecord source(ConsumerRecord<ByteBuffer, ByteBuffer> record) {
    SourceImageFields image = sources.read(record.value());
    if (image == null) {
      return record.key() == null
          ? null
          : PoolRecord.withdrawn(record.partition(), record.offset(), Piece.of(record.key()).text())
              .withTimestamp(record.timestamp());
    }
    return PoolRecord.source(
        record.partition(),
        record.offset(),
        record.timestamp(),
        image.imageId(),
        image.sha256(),
        image.label(),
        image.width(),
        image.height(),
        image.content());
  }

  private @Nullable PoolRecord view(ConsumerRecord<ByteBuffer, ByteBuffer> record) {
    SyntheticViewFields view = views.read(record.value());
    if (view == null) {
      return null;
    }
    // Unknown where a view does not stand in its source's partition, against the contract.
    long sourceOffset =
        view.sourcePartition() == record.partition() ? view.sourceOffset() : PoolRecord.NEVER_PAST;
    return PoolRecord.view(
        record.partition(),
        record.offset(),
        record.timestamp(),
        view.imageId(),
        view.sourceSha256(),
        sourceOffset,
        view.run(),
        view.viewIndex(),
        view.width(),
        view.height(),
        view.content());
  }

  private @Nullable PoolRecord deadLetter(ConsumerRecord<ByteBuffer, ByteBuffer> record) {
    DeadLetter letter =
        deadLetters.deserialize(record.topic(), Utils.toNullableArray(record.value()));
    if (letter == null) {
      return null;
    }
    SourceRecord origin = letter.getOrigin();
    String imageId = letter.getImageId();
    String run = letter.getRun();
    return origin == null || imageId == null || run == null
        ? null
        : PoolRecord.deadLetter(
                record.partition(),
                record.offset(),
                imageId,
                run,
                origin.getPartition(),
                origin.getOffset())
            .withTimestamp(record.timestamp());
  }
}
