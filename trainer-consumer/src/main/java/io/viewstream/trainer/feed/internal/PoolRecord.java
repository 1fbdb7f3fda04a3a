package io.viewstream.trainer.feed.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing to be appended to a segment log.
 *
 * @param kind what it is; decides which of the other values count
 * @param partition partition of the record in Kafka
 * @param offset offset of the record in Kafka
 * @param imageId id of the image, or empty
 * @param sha256 32 bytes, not copied: digest of the source's content, or zeros
 * @param run run of the generation stage, or empty
 * @param viewIndex index of the view in its run
 * @param label class of the image, where known
 * @param width in pixels
 * @param height in pixels
 * @param content the encoded image, or the fields of the other kinds; from position to limit
 * @param sourceOffset offset of the source record that this speaks of, or {@link #NEVER_PAST} where
 *     it is not known
 * @param timestampMillis of the record in Kafka, since 1970; 0 where it is not known
 */
@SuppressWarnings("ArrayRecordComponent") // Records are written and never compared.
public record PoolRecord(
    FrameKind kind,
    int partition,
    long offset,
    String imageId,
    byte[] sha256,
    String run,
    int viewIndex,
    @Nullable String label,
    int width,
    int height,
    ByteBuffer content,
    long sourceOffset,
    long timestampMillis) {

  /** A source offset that no window's begin reaches. */
  public static final long NEVER_PAST = Long.MAX_VALUE;

  /** Bytes of a SHA-256 digest. */
  public static final int DIGEST_BYTES = 32;

  private static final byte[] NO_DIGEST = new byte[DIGEST_BYTES];
  private static final int POSITION_BYTES = Integer.BYTES + Long.BYTES;

  /** A real image. */
  public static PoolRecord source(
      int partition,
      long offset,
      String imageId,
      byte[] sha256,
      @Nullable String label,
      int width,
      int height,
      ByteBuffer content) {
    return new PoolRecord(
        FrameKind.SOURCE,
        partition,
        offset,
        imageId,
        sha256,
        "",
        0,
        label,
        width,
        height,
        content,
        offset,
        0);
  }

  /** The end of an image. */
  public static PoolRecord withdrawn(int partition, long offset, String imageId) {
    return new PoolRecord(
        FrameKind.WITHDRAWN,
        partition,
        offset,
        imageId,
        NO_DIGEST,
        "",
        0,
        null,
        0,
        0,
        ByteBuffer.allocate(0),
        offset,
        0);
  }

  /** A synthetic view of the image with the given digest. */
  public static PoolRecord view(
      int partition,
      long offset,
      String imageId,
      byte[] sourceSha256,
      String run,
      int viewIndex,
      int width,
      int height,
      ByteBuffer content) {
    return new PoolRecord(
        FrameKind.VIEW,
        partition,
        offset,
        imageId,
        sourceSha256,
        run,
        viewIndex,
        null,
        width,
        height,
        content,
        NEVER_PAST,
        0);
  }

  /** The same of the source record with the given offset. */
  public PoolRecord withSourceOffset(long source) {
    return new PoolRecord(
        kind,
        partition,
        offset,
        imageId,
        sha256,
        run,
        viewIndex,
        label,
        width,
        height,
        content,
        source,
        timestampMillis);
  }

  /** The same with the record's timestamp, in milliseconds since 1970. */
  public PoolRecord withTimestamp(long millis) {
    return new PoolRecord(
        kind,
        partition,
        offset,
        imageId,
        sha256,
        run,
        viewIndex,
        label,
        width,
        height,
        content,
        sourceOffset,
        millis);
  }

  /** A source record, named by its partition and offset, that a run gave up. */
  public static PoolRecord deadLetter(
      int partition,
      long offset,
      String imageId,
      String run,
      int originPartition,
      long originOffset) {
    ByteBuffer origin = ByteBuffer.allocate(POSITION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    origin.putInt(originPartition).putLong(originOffset).flip();
    return new PoolRecord(
        FrameKind.DEAD_LETTER,
        partition,
        offset,
        imageId,
        NO_DIGEST,
        run,
        0,
        null,
        0,
        0,
        origin,
        NEVER_PAST,
        0);
  }

  /** Positions or beginnings: an offset for each partition. */
  public static PoolRecord offsets(FrameKind kind, Map<Integer, Long> offsets) {
    ByteBuffer content =
        ByteBuffer.allocate(offsets.size() * POSITION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    offsets.forEach((partition, offset) -> content.putInt(partition).putLong(offset));
    return new PoolRecord(
        kind, -1, -1, "", NO_DIGEST, "", 0, null, 0, 0, content.flip(), NEVER_PAST, 0);
  }
}
