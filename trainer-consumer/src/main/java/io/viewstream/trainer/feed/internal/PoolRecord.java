package io.viewstream.trainer.feed.internal;

import io.viewstream.schemas.serde.Piece;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing to be appended to a segment log. Its fields are pieces of the arrays that they were
 * read to.
 *
 * @param kind what it is; decides which of the other values count
 * @param partition partition of the record in Kafka
 * @param offset offset of the record in Kafka
 * @param encodedImageId id of the image in UTF-8, or empty
 * @param imageHash hash of that: {@link ImageHash}
 * @param sha256 32 bytes: digest of the source's content, or zeros
 * @param encodedRun run of the generation stage in UTF-8, or empty
 * @param viewIndex index of the view in its run
 * @param encodedLabel class of the image in UTF-8, where known
 * @param width in pixels
 * @param height in pixels
 * @param content the encoded image, or the fields of the other kinds
 * @param sourceOffset offset of the source record that this speaks of, or {@link #NEVER_PAST} where
 *     it is not known
 * @param timestampMillis of the record in Kafka, since 1970; 0 where it is not known
 */
public record PoolRecord(
    FrameKind kind,
    int partition,
    long offset,
    Piece encodedImageId,
    long imageHash,
    Piece sha256,
    Piece encodedRun,
    int viewIndex,
    @Nullable Piece encodedLabel,
    int width,
    int height,
    Piece content,
    long sourceOffset,
    long timestampMillis)
    implements IndexEntry {

  /** A source offset that no window's begin reaches. */
  public static final long NEVER_PAST = Long.MAX_VALUE;

  /** Bytes of a SHA-256 digest. */
  public static final int DIGEST_BYTES = 32;

  private static final Piece EMPTY = Piece.of(new byte[0]);
  private static final Piece NO_DIGEST = Piece.of(new byte[DIGEST_BYTES]);
  private static final int POSITION_BYTES = Integer.BYTES + Long.BYTES;
  private static final int MAX_STRING_BYTES = 0xffff;
  private static final int MAX_LABEL_BYTES = Short.MAX_VALUE;

  /** A real image. */
  static PoolRecord source(
      int partition,
      long offset,
      long timestampMillis,
      Piece imageId,
      Piece sha256,
      @Nullable Piece label,
      int width,
      int height,
      Piece content) {
    return new PoolRecord(
        FrameKind.SOURCE,
        partition,
        offset,
        imageId,
        ImageHash.of(imageId),
        sha256,
        EMPTY,
        0,
        label,
        width,
        height,
        content,
        offset,
        timestampMillis);
  }

  /** A real image whose fields are not encoded yet. */
  public static PoolRecord source(
      int partition,
      long offset,
      String imageId,
      byte[] sha256,
      @Nullable String label,
      int width,
      int height,
      ByteBuffer content) {
    return source(
        partition,
        offset,
        0,
        Piece.ofText(imageId),
        Piece.of(sha256),
        label == null ? null : Piece.ofText(label),
        width,
        height,
        Piece.of(content));
  }

  /** The end of an image. */
  public static PoolRecord withdrawn(int partition, long offset, String imageId) {
    return new PoolRecord(
        FrameKind.WITHDRAWN,
        partition,
        offset,
        Piece.ofText(imageId),
        ImageHash.of(imageId),
        NO_DIGEST,
        EMPTY,
        0,
        null,
        0,
        0,
        EMPTY,
        offset,
        0);
  }

  /** A synthetic view of the image with the given digest. */
  static PoolRecord view(
      int partition,
      long offset,
      long timestampMillis,
      Piece imageId,
      Piece sourceSha256,
      long sourceOffset,
      Piece run,
      int viewIndex,
      int width,
      int height,
      Piece content) {
    return new PoolRecord(
        FrameKind.VIEW,
        partition,
        offset,
        imageId,
        ImageHash.of(imageId),
        sourceSha256,
        run,
        viewIndex,
        null,
        width,
        height,
        content,
        sourceOffset,
        timestampMillis);
  }

  /** A view whose fields are not encoded yet, of a source that is not known. */
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
    return view(
        partition,
        offset,
        0,
        Piece.ofText(imageId),
        Piece.of(sourceSha256),
        NEVER_PAST,
        Piece.ofText(run),
        viewIndex,
        width,
        height,
        Piece.of(content));
  }

  /** The same of the source record with the given offset. */
  public PoolRecord withSourceOffset(long source) {
    return new PoolRecord(
        kind,
        partition,
        offset,
        encodedImageId,
        imageHash,
        sha256,
        encodedRun,
        viewIndex,
        encodedLabel,
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
        encodedImageId,
        imageHash,
        sha256,
        encodedRun,
        viewIndex,
        encodedLabel,
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
        Piece.ofText(imageId),
        ImageHash.of(imageId),
        NO_DIGEST,
        Piece.ofText(run),
        0,
        null,
        0,
        0,
        Piece.of(origin),
        NEVER_PAST,
        0);
  }

  /** Positions or beginnings: an offset for each partition. */
  public static PoolRecord offsets(FrameKind kind, Map<Integer, Long> offsets) {
    ByteBuffer content =
        ByteBuffer.allocate(offsets.size() * POSITION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    offsets.forEach((partition, offset) -> content.putInt(partition).putLong(offset));
    return new PoolRecord(
        kind,
        -1,
        -1,
        EMPTY,
        0,
        NO_DIGEST,
        EMPTY,
        0,
        null,
        0,
        0,
        Piece.of(content.flip()),
        NEVER_PAST,
        0);
  }

  /** Id of the image, or empty. */
  public String imageId() {
    return encodedImageId.text();
  }

  @Override
  public String run() {
    return encodedRun.text();
  }

  @Override
  public long digestPrefix() {
    return ByteBuffer.wrap(sha256.array()).order(ByteOrder.LITTLE_ENDIAN).getLong(sha256.start());
  }

  @Override
  public Map<Integer, Long> offsets() {
    return Frame.offsets(content.buffer());
  }

  /** Whether the strings fit their fields; a record whose do not is none of this contract. */
  boolean fits() {
    return encodedImageId.size() <= MAX_STRING_BYTES
        && encodedRun.size() <= MAX_STRING_BYTES
        && (encodedLabel == null || encodedLabel.size() <= MAX_LABEL_BYTES)
        && viewIndex >= 0
        && viewIndex <= Short.MAX_VALUE;
  }

  /** Size of the frame in bytes. */
  int frameBytes() {
    return Frame.padded(contentStart() + content.size());
  }

  private int contentStart() {
    int label = encodedLabel == null ? 0 : encodedLabel.size();
    return Frame.padded(Frame.FIXED_BYTES + encodedImageId.size() + encodedRun.size() + label);
  }

  /**
   * Writes the frame.
   *
   * @param target little-endian; the frame begins at its position, which moves behind it
   */
  void writeTo(ByteBuffer target) {
    int start = target.position();
    int contentStart = start + contentStart();
    int end = start + frameBytes();
    target.position(start + 12);
    target.put((byte) kind.code()).put((byte) 0).putShort((short) encodedImageId.size());
    target.putInt(partition).putInt(content.size()).putLong(offset);
    put(sha256, target);
    target.putInt(width).putInt(height);
    target.putShort((short) encodedRun.size()).putShort((short) viewIndex);
    target.putShort(encodedLabel == null ? -1 : (short) encodedLabel.size()).putShort((short) 0);
    target.putLong(sourceOffset).putLong(timestampMillis);
    put(encodedImageId, target);
    put(encodedRun, target);
    if (encodedLabel != null) {
      put(encodedLabel, target);
    }
    pad(target, contentStart);
    target.putInt(start + 8, Frame.checksum(content));
    put(content, target);
    pad(target, end);
    target.putInt(start + 4, Frame.checksum(target.slice(start + 8, contentStart - start - 8)));
    target.putInt(start, end - start);
  }

  private static void put(Piece piece, ByteBuffer target) {
    target.put(piece.array(), piece.start(), piece.size());
  }

  private static void pad(ByteBuffer target, int end) {
    while (target.position() < end) {
      target.put((byte) 0);
    }
  }
}
