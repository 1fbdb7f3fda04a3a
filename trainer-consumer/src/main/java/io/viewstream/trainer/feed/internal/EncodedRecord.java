package io.viewstream.trainer.feed.internal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * A record on its way into a segment: its strings in UTF-8, made once, and the size of its frame.
 */
final class EncodedRecord {

  private static final int MAX_STRING_BYTES = 0xffff;
  private static final int MAX_LABEL_BYTES = Short.MAX_VALUE;
  private static final byte[] EMPTY = {};

  private final PoolRecord record;
  private final byte[] imageId;
  private final byte[] run;
  private final byte[] label;

  /** Encodes a record. */
  EncodedRecord(PoolRecord record) {
    this.record = record;
    this.imageId = encoded(record.imageId());
    this.run = encoded(record.run());
    String text = record.label();
    this.label = text == null ? EMPTY : encoded(text);
  }

  private static byte[] encoded(String text) {
    return text.isEmpty() ? EMPTY : text.getBytes(StandardCharsets.UTF_8);
  }

  /** What is encoded. */
  PoolRecord record() {
    return record;
  }

  /** Whether the strings fit their fields; a record whose do not is none of this contract. */
  boolean fits() {
    return imageId.length <= MAX_STRING_BYTES
        && run.length <= MAX_STRING_BYTES
        && label.length <= MAX_LABEL_BYTES
        && record.viewIndex() >= 0
        && record.viewIndex() <= Short.MAX_VALUE;
  }

  /** Size of the frame in bytes. */
  int frameBytes() {
    return Frame.padded(contentStart() + record.content().remaining());
  }

  private int contentStart() {
    return Frame.padded(Frame.FIXED_BYTES + imageId.length + run.length + label.length);
  }

  /** Writes the frame to the start of the given memory, of the frame's size. */
  void writeTo(MemorySegment memory) {
    memory.set(ValueLayout.JAVA_BYTE, 12, (byte) record.kind().code());
    memory.set(ValueLayout.JAVA_BYTE, 13, (byte) 0);
    memory.set(Frame.SHORT, 14, (short) imageId.length);
    memory.set(Frame.INT, 16, record.partition());
    memory.set(Frame.INT, 20, record.content().remaining());
    memory.set(Frame.LONG, 24, record.offset());
    copy(record.sha256(), memory, 32);
    memory.set(Frame.INT, 64, record.width());
    memory.set(Frame.INT, 68, record.height());
    memory.set(Frame.SHORT, 72, (short) run.length);
    memory.set(Frame.SHORT, 74, (short) record.viewIndex());
    memory.set(Frame.SHORT, 76, record.label() == null ? -1 : (short) label.length);
    memory.set(Frame.SHORT, 78, (short) 0);
    memory.set(Frame.LONG, 80, record.sourceOffset());
    memory.set(Frame.LONG, 88, record.timestampMillis());
    copy(imageId, memory, Frame.FIXED_BYTES);
    copy(run, memory, Frame.FIXED_BYTES + imageId.length);
    copy(label, memory, Frame.FIXED_BYTES + imageId.length + run.length);
    int strings = Frame.FIXED_BYTES + imageId.length + run.length + label.length;
    int contentStart = contentStart();
    memory.asSlice(strings, contentStart - strings).fill((byte) 0);
    int contentBytes = record.content().remaining();
    MemorySegment content = memory.asSlice(contentStart, contentBytes);
    content.copyFrom(MemorySegment.ofBuffer(record.content()));
    memory.asSlice(contentStart + contentBytes).fill((byte) 0);
    memory.set(Frame.INT, 8, Frame.checksum(content));
    memory.set(Frame.INT, 4, Frame.checksum(memory.asSlice(8, contentStart - 8)));
    memory.set(Frame.INT, 0, (int) memory.byteSize());
  }

  private static void copy(byte[] from, MemorySegment memory, int position) {
    MemorySegment.copy(from, 0, memory, ValueLayout.JAVA_BYTE, position, from.length);
  }
}
