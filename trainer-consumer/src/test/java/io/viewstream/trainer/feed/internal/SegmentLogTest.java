package io.viewstream.trainer.feed.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.viewstream.schemas.serde.Piece;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentLogTest {

  private static final int SEGMENT_BYTES = 4096;

  @TempDir private Path directory;

  private static PoolRecord record(long offset, int contentBytes) {
    byte[] content = new byte[contentBytes];
    new Random(offset).nextBytes(content);
    return PoolRecord.source(
        (int) offset % 3,
        offset,
        "data/ä" + offset,
        PoolStores.sha256(content),
        offset % 2 == 0 ? "class " + offset : null,
        (int) offset + 1,
        (int) offset + 2,
        ByteBuffer.wrap(content));
  }

  private static void assertSame(Frame frame, PoolRecord record) {
    assertThat(frame.kind()).isEqualTo(record.kind());
    assertThat(frame.partition()).isEqualTo(record.partition());
    assertThat(frame.offset()).isEqualTo(record.offset());
    assertThat(frame.imageId()).isEqualTo(record.imageId());
    Piece label = record.encodedLabel();
    assertThat(frame.label()).isEqualTo(label == null ? null : label.text());
    assertThat(frame.run()).isEqualTo(record.run());
    assertThat(frame.viewIndex()).isEqualTo(record.viewIndex());
    assertThat(frame.width()).isEqualTo(record.width());
    assertThat(frame.height()).isEqualTo(record.height());
    assertThat(frame.content()).isEqualTo(record.content().buffer());
    assertThat(frame.contentIsIntact()).isTrue();
  }

  private List<Long> offsets() throws IOException {
    List<Long> offsets = new ArrayList<>();
    SegmentLog log = new SegmentLog(directory, SEGMENT_BYTES, true);
    try (log) {
      log.recover((location, frame) -> offsets.add(frame.offset()));
    }
    return offsets;
  }

  private void write(int records, int contentBytes) throws IOException {
    SegmentLog log = new SegmentLog(directory, SEGMENT_BYTES, true);
    try (log) {
      log.recover((location, frame) -> {});
      for (int i = 0; i < records; i++) {
        log.append(record(i, contentBytes));
      }
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void shouldReadBackWhatWasAppendedOverManySegments() throws IOException {
    List<PoolRecord> records = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      records.add(record(i, i * 37 % 900));
    }
    records.add(PoolRecord.withdrawn(2, 40, "data/gone"));
    records.add(PoolStores.view(1, 41, "data/x", "content", "run one", 7));
    records.add(PoolRecord.source(0, 42, "", new byte[32], "", 1, 1, ByteBuffer.allocate(0)));
    List<Long> locations = new ArrayList<>();
    SegmentLog log = new SegmentLog(directory, SEGMENT_BYTES, true);
    try (log) {
      log.recover((location, frame) -> {});
      for (PoolRecord record : records) {
        locations.add(log.append(record));
      }
      for (int i = 0; i < records.size(); i++) {
        assertSame(log.read(locations.get(i)), records.get(i));
      }
    }
    assertThat(files()).hasSizeGreaterThan(4).allMatch(file -> file.toFile().length() == 4096);

    SegmentLog again = new SegmentLog(directory, SEGMENT_BYTES, true);
    try (again) {
      List<Long> visited = new ArrayList<>();
      again.recover((location, frame) -> visited.add(location));
      assertThat(visited).isEqualTo(locations);
      for (int i = 0; i < records.size(); i++) {
        assertSame(again.read(locations.get(i)), records.get(i));
      }
    }
  }

  @Test
  void shouldGiveARecordThatFitsNoSegmentOneOfItsOwn() throws IOException {
    SegmentLog log = new SegmentLog(directory, SEGMENT_BYTES, true);
    try (log) {
      log.recover((location, frame) -> {});
      log.append(record(0, 10));
      long large = log.append(record(1, 3 * SEGMENT_BYTES));
      log.append(record(2, 10));
      assertSame(log.read(large), record(1, 3 * SEGMENT_BYTES));
    }
    assertThat(offsets()).containsExactly(0L, 1L, 2L);
  }

  @Test
  void shouldCutATornTailWhereverItIsTorn() throws IOException {
    long start = Segment.HEADER_BYTES + record(0, 100).frameBytes() + record(1, 100).frameBytes();
    int frameBytes = record(2, 100).frameBytes();
    for (int damaged = 0; damaged < frameBytes; damaged += damaged < 24 ? 1 : 11) {
      for (Path file : files()) {
        Files.delete(file);
      }
      write(3, 100);
      try (RandomAccessFile file = new RandomAccessFile(files().getFirst().toFile(), "rw")) {
        long position = start + damaged;
        file.seek(position);
        int value = file.read();
        file.seek(position);
        file.write(value ^ 0x11);
      }
      List<Long> kept = offsets();
      // Padding behind the content belongs to nothing, so damage there may pass.
      assertThat(kept).as("byte " + damaged).startsWith(0L, 1L);
      if (damaged < frameBytes - 8) {
        assertThat(kept).as("byte " + damaged).containsExactly(0L, 1L);
      }
    }
  }

  @Test
  void shouldAppendBehindACutTailAndNeverShowWhatWasBehindIt() throws IOException {
    write(4, 100);
    int frameBytes = record(0, 100).frameBytes();
    try (RandomAccessFile file = new RandomAccessFile(files().getFirst().toFile(), "rw")) {
      file.seek(Segment.HEADER_BYTES + frameBytes + 40L);
      file.write(new byte[] {1, 2, 3});
    }
    SegmentLog log = new SegmentLog(directory, SEGMENT_BYTES, true);
    try (log) {
      log.recover((location, frame) -> {});
      log.append(record(77, 100));
    }
    // Frame 2 is whole and would fit exactly behind the new one.
    assertThat(offsets()).containsExactly(0L, 77L);
  }

  @Test
  void shouldGoOnFromTheFirstDamageWhenAnEarlierSegmentHasIt() throws IOException {
    write(40, 500);
    assertThat(files()).hasSizeGreaterThan(3);
    int frameBytes = record(0, 500).frameBytes();
    try (RandomAccessFile file = new RandomAccessFile(files().get(1).toFile(), "rw")) {
      file.seek(Segment.HEADER_BYTES + frameBytes + 20L);
      file.write(0x7f);
    }
    int perSegment = (SEGMENT_BYTES - Segment.HEADER_BYTES) / frameBytes;
    assertThat(offsets()).hasSize(perSegment + 1).endsWith((long) perSegment);
    assertThat(files()).hasSize(2);
    assertThat(offsets()).hasSize(perSegment + 1);
  }

  /** Content that a full segment lost is found where nothing says that all of it was on disk. */
  @Test
  void shouldCheckTheContentOfSegmentsThatAreNotSealed() throws IOException {
    write(40, 500);
    int frameBytes = record(0, 500).frameBytes();
    int perSegment = (SEGMENT_BYTES - Segment.HEADER_BYTES) / frameBytes;
    long contentOfThird = Segment.HEADER_BYTES + 2L * frameBytes + 300;
    try (RandomAccessFile file = new RandomAccessFile(files().get(1).toFile(), "rw")) {
      file.seek(contentOfThird);
      file.write(new byte[8]);
    }
    // What is trusted is not read, so damage of a disk shows where an image is decoded.
    assertThat(offsets()).as("sealed").hasSize(40);
    try (RandomAccessFile file = new RandomAccessFile(files().get(1).toFile(), "rw")) {
      file.seek(8);
      file.write(0);
    }
    assertThat(offsets()).as("not sealed").hasSize(perSegment + 2);
  }

  @Test
  void shouldUnsealTheSegmentThatIsAppendedTo() throws IOException {
    write(40, 500);
    List<Path> files = files();
    for (Path later : files.subList(1, files.size())) {
      Files.delete(later);
    }
    int sealed = offsets().size();
    long end;
    SegmentLog log = new SegmentLog(directory, SEGMENT_BYTES, true);
    try (log) {
      log.recover((location, frame) -> {});
      log.append(record(90, 8));
      end = Segment.HEADER_BYTES + log.usedBytes();
    }
    assertThat(offsets()).hasSize(sealed + 1).endsWith(90L);
    try (RandomAccessFile file = new RandomAccessFile(files.getFirst().toFile(), "rw")) {
      file.seek(end - 8);
      file.write(new byte[8]);
    }
    assertThat(offsets()).as("appended after the seal").hasSize(sealed);
  }

  @Test
  void shouldAppendInOrderThoughTheThreadIsInterrupted() throws IOException {
    Thread.currentThread().interrupt();
    write(40, 500);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(offsets()).hasSize(40);
  }

  @Test
  void shouldForgetASegmentThatWasNeverFinished() throws IOException {
    write(2, 100);
    Files.write(directory.resolve("00000001.segment" + SegmentLog.UNFINISHED), new byte[100]);
    assertThat(offsets()).containsExactly(0L, 1L);
    assertThat(files()).hasSize(1);
  }

  @Test
  void shouldRefuseFilesOfAnotherFormat() throws IOException {
    Files.write(directory.resolve("00000000.segment"), new byte[SEGMENT_BYTES]);
    assertThatIOException().isThrownBy(this::offsets).withMessageContaining("00000000.segment");
  }

  @Test
  void shouldKeepOffsetsByPartition() throws IOException {
    SegmentLog log = new SegmentLog(directory, SEGMENT_BYTES, true);
    try (log) {
      log.recover((location, frame) -> {});
      long location =
          log.append(PoolRecord.offsets(FrameKind.POSITIONS, Map.of(0, 5L, 3, 1L << 40)));
      assertThat(log.read(location).offsets()).isEqualTo(Map.of(0, 5L, 3, 1L << 40));
    }
  }
}
