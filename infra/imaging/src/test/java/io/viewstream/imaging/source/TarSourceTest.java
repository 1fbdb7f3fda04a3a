package io.viewstream.imaging.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TarSourceTest {
  @TempDir private Path folder;
  private Path archive;

  @BeforeEach
  void nameArchive() {
    archive = folder.resolve("pictures.tar");
  }

  private ImageSource source(SourceOptions options) throws IOException {
    return ImageSource.of(archive.toString(), options);
  }

  private static Map<String, String> files(String... pathsAndContents) {
    Map<String, String> files = new LinkedHashMap<>();
    for (int i = 0; i < pathsAndContents.length; i += 2) {
      files.put(pathsAndContents[i], pathsAndContents[i + 1]);
    }
    return files;
  }

  @Test
  void shouldReadFilesInTheArchivesOrder() throws IOException {
    String longName = "x".repeat(150) + "ü.jpg";
    SourceFiles.tar(
        archive,
        files("dog/2.jpg", "c", "./cat//a.jpg", "a", "root.jpg", "d", "cat/" + longName, "e"));
    ImageSource source = source(SourceOptions.DEFAULT);
    assertThat(source.count()).isEqualTo(4);
    assertThat(source.name()).isEqualTo("pictures");
    assertThat(SourceFiles.describe(source))
        .containsExactly(
            "dog/2.jpg|dog|c", "cat/a.jpg|cat|a", "root.jpg|-|d", "cat/" + longName + "|cat|e")
        .isEqualTo(SourceFiles.describe(source));
  }

  @Test
  void shouldDivideByTrainAndTestAndSpreadALimit() throws IOException {
    Map<String, String> files = files("train/", "");
    for (int i = 0; i < 40; i++) {
      files.put((i < 30 ? "train/" : "test/") + (char) ('a' + i % 30 / 10) + "/" + i, "" + i);
    }
    SourceFiles.tar(archive, files);
    assertThat(source(SourceOptions.DEFAULT).count()).isEqualTo(40);
    assertThat(source(SourceOptions.DEFAULT.withSplit(Split.TEST)).count()).isEqualTo(10);
    assertThat(
            SourceFiles.describe(source(SourceOptions.DEFAULT.withSplit(Split.TRAIN).withLimit(3))))
        .containsExactly("train/a/9|a|9", "train/b/19|b|19", "train/c/29|c|29");
  }

  @Test
  void shouldRejectPathsThatLeaveTheArchive() throws IOException {
    SourceFiles.tar(
        archive,
        files("/etc/a.jpg", "1", "../b.jpg", "2", "a/../../c.jpg", "3", "a/b\u0007.jpg", "4"));
    assertThat(SourceFiles.describe(source(SourceOptions.DEFAULT)))
        .containsExactly(
            "/etc/a.jpg!PATH: absolute path, which leads out of the archive",
            "../b.jpg!PATH: path with '..', which can lead out of the archive",
            "a/../../c.jpg!PATH: path with '..', which can lead out of the archive",
            "a/b?.jpg!PATH: path with control characters");
  }

  @Test
  void shouldRejectLinksAndDevicesAndPassOverHiddenFiles() throws IOException {
    try (TarArchiveOutputStream tar = SourceFiles.open(archive)) {
      TarArchiveEntry link = new TarArchiveEntry("link.jpg", TarConstants.LF_SYMLINK);
      link.setLinkName("/etc/passwd");
      tar.putArchiveEntry(link);
      tar.closeArchiveEntry();
      tar.putArchiveEntry(new TarArchiveEntry("null", TarConstants.LF_CHR));
      tar.closeArchiveEntry();
      SourceFiles.put(tar, "a/._b.jpg", SourceFiles.bytes("hidden"));
      SourceFiles.put(tar, "a/b.jpg", SourceFiles.bytes("b"));
    }
    ImageSource source = source(SourceOptions.DEFAULT);
    assertThat(SourceFiles.describe(source))
        .containsExactly(
            "link.jpg!NO_FILE: link; links in an archive are not followed",
            "null!NO_FILE: not a plain file (a device, a pipe or a sparse file)",
            "a/b.jpg|a|b");
  }

  @Test
  void shouldRejectAFileAboveTheLimitAndGoOn() throws IOException {
    try (TarArchiveOutputStream tar = SourceFiles.open(archive)) {
      SourceFiles.put(tar, "large", new byte[1_000_000]);
      SourceFiles.put(tar, "small", SourceFiles.bytes("b"));
    }
    assertThat(SourceFiles.describe(source(SourceOptions.DEFAULT.withMaxImageBytes(999_999))))
        .containsExactly(
            "large!TOO_LARGE: 1000000 bytes; the limit on an image's size is 999999", "small|-|b");
  }

  @Test
  void shouldGiveWhatComesBeforeTheEndOfATruncatedArchive() throws IOException {
    try (TarArchiveOutputStream tar = SourceFiles.open(archive)) {
      SourceFiles.put(tar, "first", SourceFiles.bytes("1"));
      SourceFiles.put(tar, "second", new byte[100_000]);
      SourceFiles.put(tar, "third", SourceFiles.bytes("3"));
    }
    try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
      file.setLength(50_000);
    }
    try (SourceReader reader = source(SourceOptions.DEFAULT).open()) {
      assertThat(reader.next()).map(SourceEntry::path).contains("first");
      assertThatThrownBy(reader::next)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(archive + " is truncated or damaged behind its entry 2 (second)");
    }
    try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
      // The first file's header and content take 1024 bytes.
      file.setLength(1200);
    }
    try (SourceReader reader = source(SourceOptions.DEFAULT).open()) {
      assertThat(reader.next()).map(SourceEntry::path).contains("first");
      assertThatThrownBy(reader::next)
          .isInstanceOf(IOException.class)
          .hasMessage(
              archive
                  + " is truncated or damaged behind its entry 1 (first): it ends after 1200 bytes,"
                  + " within a header");
    }
  }

  @Test
  void shouldSayThatAFileIsNoArchive() throws IOException {
    Files.write(archive, SourceFiles.bytes("not a tar at all ".repeat(100)));
    assertThatThrownBy(() -> source(SourceOptions.DEFAULT))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(archive + " is no tar archive");
    Files.write(archive, new byte[0]);
    assertThatThrownBy(() -> source(SourceOptions.DEFAULT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no tar archive or is cut off (it is empty)");
    try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(archive))) {
      gzip.write(new byte[5_000]);
    }
    assertThatThrownBy(() -> source(SourceOptions.DEFAULT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a compressed one must be decompressed first");
  }

  @Test
  void shouldReadAnArchiveWithoutTheMarkOfItsEnd() throws IOException {
    SourceFiles.tar(archive, files("a.jpg", "1", "b.jpg", "2"));
    try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
      // Two headers and two contents of one block each.
      file.setLength(4 * 512);
    }
    assertThat(SourceFiles.describe(source(SourceOptions.DEFAULT)))
        .containsExactly("a.jpg|-|1", "b.jpg|-|2");
  }

  @Test
  void shouldReadSizesInBinaryAndLargerFilesThanItsBuffers() throws IOException {
    byte[] large = "0123456789".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
    try (TarArchiveOutputStream tar = SourceFiles.open(archive)) {
      SourceFiles.put(tar, "large", large);
      SourceFiles.put(tar, "small", SourceFiles.bytes("s"));
    }
    try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
      byte[] header = new byte[512];
      file.readFully(header);
      ByteBuffer.wrap(header)
          .put(124, (byte) 0x80)
          .position(125)
          .put(new byte[3])
          .putLong(large.length);
      Arrays.fill(header, 148, 156, (byte) ' ');
      int sum = 0;
      for (byte value : header) {
        sum += value & 0xff;
      }
      file.seek(0);
      file.write(header);
      file.seek(148);
      file.write("%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII));
    }
    assertThat(SourceFiles.describe(source(SourceOptions.DEFAULT)))
        .containsExactly("large|-|" + "0123456789".repeat(100_000), "small|-|s");
  }

  @Test
  void shouldFindNothingInAnEmptyArchive() throws IOException {
    SourceFiles.tar(archive, Map.of());
    assertThat(source(SourceOptions.DEFAULT).count()).isZero();
    assertThat(SourceFiles.describe(source(SourceOptions.DEFAULT))).isEmpty();
  }
}
