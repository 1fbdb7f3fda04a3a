package io.viewstream.trainer.feed.internal;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.SourceRecord;
import io.viewstream.schemas.SyntheticView;
import io.viewstream.schemas.Topic;
import io.viewstream.schemas.serde.MalformedRecordException;
import io.viewstream.schemas.serde.RecordDeserializer;
import io.viewstream.schemas.serde.SchemaRegistry;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes records of the store from records of Kafka. One that cannot be read is counted and left
 * out: the generation stage has dead-lettered it, and training goes on with the others. One thread.
 */
final class RecordTranslator {

  private static final Logger logger = LoggerFactory.getLogger(RecordTranslator.class);

  private final RecordDeserializer<SourceImage> sources;
  private final RecordDeserializer<SyntheticView> views;
  private final RecordDeserializer<DeadLetter> deadLetters;
  private long malformedRecords;

  RecordTranslator(ConnectionSettings connection) {
    SchemaRegistry registry = connection.schemaRegistry();
    sources = new RecordDeserializer<>(registry, SourceImage.getClassSchema());
    views = new RecordDeserializer<>(registry, SyntheticView.getClassSchema());
    deadLetters = new RecordDeserializer<>(registry, DeadLetter.getClassSchema());
  }

  /** The record, or null when it says nothing to the pool. */
  @Nullable EncodedRecord translate(Topic topic, ConsumerRecord<byte[], byte[]> record) {
    try {
      PoolRecord translated =
          switch (topic) {
            case SOURCE_IMAGES -> source(record);
            case SYNTHETIC_VIEWS -> view(record);
            case DEAD_LETTERS -> deadLetter(record);
            case GENERATION_RUNS -> null;
          };
      if (translated == null) {
        return null;
      }
      EncodedRecord encoded = new EncodedRecord(translated.withTimestamp(record.timestamp()));
      if (!encoded.fits()) {
        throw new MalformedRecordException("an id, run or label is too long");
      }
      return encoded;
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

  private @Nullable PoolRecord source(ConsumerRecord<byte[], byte[]> record) {
    SourceImage image = sources.deserialize(record.topic(), record.value());
    if (image == null) {
      return record.key() == null
          ? null
          : PoolRecord.withdrawn(
              record.partition(),
              record.offset(),
              new String(record.key(), StandardCharsets.UTF_8));
    }
    return PoolRecord.source(
        record.partition(),
        record.offset(),
        image.getImageId(),
        image.getSha256().bytes(),
        image.getLabel(),
        image.getWidth(),
        image.getHeight(),
        image.getContent());
  }

  private @Nullable PoolRecord view(ConsumerRecord<byte[], byte[]> record) {
    SyntheticView view = views.deserialize(record.topic(), record.value());
    return view == null
        ? null
        : PoolRecord.view(
                record.partition(),
                record.offset(),
                view.getImageId(),
                view.getSourceSha256().bytes(),
                view.getRun(),
                view.getViewIndex(),
                view.getWidth(),
                view.getHeight(),
                view.getContent())
            .withSourceOffset(sourceOffset(view, record));
  }

  /** Unknown where a view does not stand in its source's partition, against the contract. */
  private static long sourceOffset(SyntheticView view, ConsumerRecord<byte[], byte[]> record) {
    SourceRecord origin = view.getSource();
    return origin != null && origin.getPartition() == record.partition()
        ? origin.getOffset()
        : PoolRecord.NEVER_PAST;
  }

  private @Nullable PoolRecord deadLetter(ConsumerRecord<byte[], byte[]> record) {
    DeadLetter letter = deadLetters.deserialize(record.topic(), record.value());
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
            origin.getOffset());
  }
}
