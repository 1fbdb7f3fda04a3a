package io.viewstream.augment.internal;

import io.viewstream.schemas.ContentDigest;
import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.SourceRecord;
import io.viewstream.schemas.Stage;
import io.viewstream.schemas.serde.RecordSerializer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Writes the dead letters of one run. Safe for use by several threads. */
final class DeadLetters {
  /** A dead letter carries no more of the content than this. */
  static final int MAX_CONTENT_BYTES = 64 * 1024;

  private static final int MAX_MESSAGE_CHARACTERS = 1000;

  private final String topic;
  private final String run;
  private final RecordSerializer<DeadLetter> serializer;
  private final InstantSource clock;

  DeadLetters(
      String topic, String run, RecordSerializer<DeadLetter> serializer, InstantSource clock) {
    this.topic = topic;
    this.run = run;
    this.serializer = serializer;
    this.clock = clock;
  }

  /**
   * The dead letter of a record that could be read.
   *
   * @param cause what the record came to
   */
  Settlement.GivenUp of(SourceRecord origin, SourceImage source, RejectedRecordException cause) {
    ByteBuffer content = source.getContent();
    return givenUp(
        origin, source.getImageId(), content, source.getImageId(), source.getPath(), cause);
  }

  /**
   * The dead letter of a record that could not be read: its content is the record's value.
   *
   * @param value of the record; not to be modified
   */
  Settlement.GivenUp ofUnreadable(
      SourceRecord origin, byte[] value, RejectedRecordException cause) {
    String key = origin.getTopic() + "-" + origin.getPartition() + "@" + origin.getOffset();
    return givenUp(origin, key, ByteBuffer.wrap(value), null, null, cause);
  }

  private Settlement.GivenUp givenUp(
      SourceRecord origin,
      String key,
      ByteBuffer content,
      @Nullable String imageId,
      @Nullable String path,
      RejectedRecordException cause) {
    int length = Math.min(content.remaining(), MAX_CONTENT_BYTES);
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setImageId(imageId)
            .setOrigin(origin)
            .setPath(path)
            .setRun(run)
            .setStage(Stage.GENERATION)
            .setCategory(cause.category())
            .setMessage(oneLine(String.valueOf(cause.getMessage())))
            .setSha256(ContentDigest.of(content))
            .setContentSizeBytes(content.remaining())
            .setContent(content.slice(content.position(), length))
            .setOccurredAt(clock.instant())
            .build();
    return new Settlement.GivenUp(
        key.getBytes(StandardCharsets.UTF_8),
        serializer.serialize(topic, letter),
        cause.category());
  }

  private static String oneLine(String message) {
    String line = message.replaceAll("\\s+", " ").strip();
    return line.length() <= MAX_MESSAGE_CHARACTERS
        ? line
        : line.substring(0, MAX_MESSAGE_CHARACTERS) + "…";
  }
}
