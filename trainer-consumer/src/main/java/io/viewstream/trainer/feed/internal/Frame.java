package io.viewstream.trainer.feed.internal;

import io.viewstream.schemas.serde.Piece;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One record in a segment: a head of fixed fields and strings, then the content. Little-endian,
 * padded to 8 bytes. Head and content have a CRC32C each, so that opening a large cache need not
 * touch the content of segments that were complete. A frame reads its segment's memory in place and
 * is valid as long as the log is open.
 *
 * <pre>
 *  0 int   size of the frame in bytes, padding included; 0 marks the end of a segment
 *  4 int   CRC32C of the bytes from 8 to the content
 *  8 int   CRC32C of the content
 * 12 byte  kind      13 byte spare   14 short bytes of the image id
 * 16 int   partition                 20 int   bytes of the content
 * 24 long  offset
 * 32 32 bytes SHA-256 of the source
 * 64 int   width                     68 int   height
 * 72 short bytes of the run, 74 short view index, 76 short bytes of the label or -1, 78 short spare
 * 80 long  offset of the source record: its own, or the one that a view was made from
 * 88 long  timestamp of the record, in milliseconds since 1970
 * 96 image id, run, label, padding, content, padding
 * </pre>
 */
public final class Frame implements IndexEntry {

  /** Size of the fixed fields, so of the smallest frame, in bytes. */
  static final int FIXED_BYTES = 96;

  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment bytes;

  private Frame(MemorySegment bytes) {
    this.bytes = bytes;
  }

  /**
   * The frame at the start of the given memory.
   *
   * @param checkContent whether the content's checksum is to be verified as well
   * @return null where no whole, undamaged frame begins
   */
  static @Nullable Frame at(MemorySegment memory, boolean checkContent) {
    if (memory.byteSize() < FIXED_BYTES) {
      return null;
    }
    int size = memory.get(INT, 0);
    if (size < FIXED_BYTES || size > memory.byteSize()) {
      return null;
    }
    Frame frame = new Frame(memory.asSlice(0, size));
    if (!frame.sizesFit() || frame.headChecksum() != memory.get(INT, 4)) {
      return null;
    }
    return FrameKind.of(memory.get(ValueLayout.JAVA_BYTE, 12)) == null
            || (checkContent && !frame.contentIsIntact())
        ? null
        : frame;
  }

  /** The frame at the start of the given memory, which was found whole before. */
  static Frame known(MemorySegment memory) {
    return new Frame(memory.asSlice(0, memory.get(INT, 0)));
  }

  int size() {
    return (int) bytes.byteSize();
  }

  @Override
  public FrameKind kind() {
    FrameKind kind = FrameKind.of(bytes.get(ValueLayout.JAVA_BYTE, 12));
    if (kind == null) {
      throw new IllegalStateException("Frame of unknown kind");
    }
    return kind;
  }

  @Override
  public int partition() {
    return bytes.get(INT, 16);
  }

  @Override
  public long offset() {
    return bytes.get(LONG, 24);
  }

  @Override
  public long sourceOffset() {
    return bytes.get(LONG, 80);
  }

  @Override
  public long timestampMillis() {
    return bytes.get(LONG, 88);
  }

  @Override
  public long digestPrefix() {
    return bytes.get(LONG, 32);
  }

  /** Width in pixels. */
  public int width() {
    return bytes.get(INT, 64);
  }

  /** Height in pixels. */
  public int height() {
    return bytes.get(INT, 68);
  }

  @Override
  public int viewIndex() {
    return bytes.get(SHORT, 74);
  }

  /** Id of the image. */
  public String imageId() {
    return text(FIXED_BYTES, imageIdBytes());
  }

  @Override
  public Piece encodedImageId() {
    return Piece.of(bytes.asSlice(FIXED_BYTES, imageIdBytes()).toArray(ValueLayout.JAVA_BYTE));
  }

  @Override
  public long imageHash() {
    return ImageHash.of(encodedImageId());
  }

  @Override
  public String run() {
    return text(FIXED_BYTES + imageIdBytes(), runBytes());
  }

  /** Class of the image, or null where none is known. */
  public @Nullable String label() {
    int size = bytes.get(SHORT, 76);
    return size < 0 ? null : text(FIXED_BYTES + imageIdBytes() + runBytes(), size);
  }

  /** The content: a direct, read-only buffer over the log's memory. */
  public ByteBuffer content() {
    return contentMemory().asByteBuffer().asReadOnlyBuffer();
  }

  /** Whether the content's checksum is right. */
  public boolean contentIsIntact() {
    return checksum(contentMemory()) == bytes.get(INT, 8);
  }

  @Override
  public Map<Integer, Long> offsets() {
    return offsets(content());
  }

  static Map<Integer, Long> offsets(ByteBuffer bytes) {
    ByteBuffer content = bytes.order(ByteOrder.LITTLE_ENDIAN);
    Map<Integer, Long> offsets = new HashMap<>();
    while (content.hasRemaining()) {
      offsets.put(content.getInt(), content.getLong());
    }
    return offsets;
  }

  private boolean sizesFit() {
    int contentBytes = bytes.get(INT, 20);
    return contentBytes >= 0
        && contentStart() <= bytes.byteSize()
        && (contentStart() + (long) contentBytes + 7) / 8 * 8 == bytes.byteSize();
  }

  private int contentStart() {
    int label = Math.max(0, bytes.get(SHORT, 76));
    return padded(FIXED_BYTES + imageIdBytes() + runBytes() + label);
  }

  private MemorySegment contentMemory() {
    return bytes.asSlice(contentStart(), bytes.get(INT, 20));
  }

  private int headChecksum() {
    return checksum(bytes.asSlice(8, contentStart() - 8L));
  }

  private int imageIdBytes() {
    return Short.toUnsignedInt(bytes.get(SHORT, 14));
  }

  private int runBytes() {
    return Short.toUnsignedInt(bytes.get(SHORT, 72));
  }

  private String text(int start, int size) {
    byte[] text = bytes.asSlice(start, size).toArray(ValueLayout.JAVA_BYTE);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static int checksum(MemorySegment memory) {
    return checksum(memory.asByteBuffer());
  }

  static int checksum(ByteBuffer bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return (int) checksum.getValue();
  }

  static int checksum(Piece bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.array(), bytes.start(), bytes.size());
    return (int) checksum.getValue();
  }

  static int padded(int size) {
    return (size + 7) & ~7;
  }
}
