package io.viewstream.imaging.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderSourceTest {
  @TempDir private Path folder;

  private ImageSource source(SourceOptions options) throws IOException {
    return ImageSource.of(folder.toString(), options);
  }

  @Test
  void shouldReadFilesInSortedOrderWithTheirFoldersAsLabels() throws IOException {
    SourceFiles.folder(
        folder, Map.of("dog/2.jpg", "c", "cat/b.png", "b", "cat/a.jpg", "a", "root.jpg", "d"));
    ImageSource source = source(SourceOptions.DEFAULT);
    assertThat(source.count()).isEqualTo(4);
    assertThat(source.divided()).isFalse();
    assertThat(source.name()).isEqualTo(folder.getFileName().toString());
    assertThat(SourceFiles.describe(source))
        .containsExactly("cat/a.jpg|cat|a", "cat/b.png|cat|b", "dog/2.jpg|dog|c", "root.jpg|-|d")
        .isEqualTo(SourceFiles.describe(source));
  }

  @Test
  void shouldPassOverHiddenFilesAndCountThem() throws IOException {
    SourceFiles.folder(
        folder, Map.of("a/1.jpg", "x", "a/.DS_Store", "x", ".git/config", "x", "._a.jpg", "x"));
    ImageSource source = source(SourceOptions.DEFAULT);
    try (SourceReader reader = source.open()) {
      assertThat(reader.next()).isPresent();
      assertThat(reader.next()).isEmpty();
      assertThat(reader.next()).isEmpty();
      assertThat(reader.hiddenFiles()).isEqualTo(3);
    }
  }

  @Test
  void shouldDivideByTrainAndTest() throws IOException {
    SourceFiles.folder(
        folder,
        Map.of("train/a/1.jpg", "1", "train/2.jpg", "2", "test/a/3.jpg", "3", "4.jpg", "4"));
    assertThat(source(SourceOptions.DEFAULT).divided()).isTrue();
    assertThat(SourceFiles.describe(source(SourceOptions.DEFAULT.withSplit(Split.TRAIN))))
        .containsExactly("train/2.jpg|-|2", "train/a/1.jpg|a|1");
    assertThat(SourceFiles.describe(source(SourceOptions.DEFAULT.withSplit(Split.TEST))))
        .containsExactly("test/a/3.jpg|a|3");
    assertThat(source(SourceOptions.DEFAULT.withSplit(Split.TEST)).count()).isOne();
    assertThat(SourceFiles.describe(source(SourceOptions.DEFAULT))).hasSize(4);
  }

  @Test
  void shouldDivideBelowTheOneFolderAtTheRoot() throws IOException {
    SourceFiles.folder(folder, Map.of("set/train/a/1.jpg", "1", "set/test/b/2.jpg", "2"));
    assertThat(SourceFiles.describe(source(SourceOptions.DEFAULT.withSplit(Split.TRAIN))))
        .containsExactly("set/train/a/1.jpg|a|1");
  }

  @Test
  void shouldTakeAFolderNamedTrainForAClassWhenThereIsNoTest() throws IOException {
    SourceFiles.folder(folder, Map.of("train/1.jpg", "1", "ship/2.jpg", "2"));
    assertThat(SourceFiles.describe(source(SourceOptions.DEFAULT)))
        .containsExactly("ship/2.jpg|ship|2", "train/1.jpg|train|1");
    assertThatThrownBy(() -> source(SourceOptions.DEFAULT.withSplit(Split.TRAIN)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            folder
                + " has no split train: that takes the sub-folders train and test at its root;"
                + " choose split all");
  }

  @Test
  void shouldSpreadALimitEvenly() throws IOException {
    for (String label : new String[] {"a", "b", "c", "d"}) {
      for (int i = 0; i < 10; i++) {
        SourceFiles.folder(folder, Map.of(label + "/" + i + ".jpg", label));
      }
    }
    ImageSource source = source(SourceOptions.DEFAULT.withLimit(8));
    assertThat(source.count()).isEqualTo(8);
    assertThat(SourceFiles.read(source).stream().map(e -> e.path().substring(0, 1)))
        .containsExactly("a", "a", "b", "b", "c", "c", "d", "d");
    assertThat(source(SourceOptions.DEFAULT.withLimit(1000)).count()).isEqualTo(40);
  }

  @Test
  void shouldRejectAFileAboveTheLimitWithItsDigest() throws Exception {
    byte[] large = new byte[300_000];
    large[299_999] = 7;
    Files.write(folder.resolve("large.jpg"), large);
    Files.write(folder.resolve("limit.jpg"), new byte[200_000]);
    SourceEntry.RejectedFile rejected =
        (SourceEntry.RejectedFile)
            SourceFiles.read(source(SourceOptions.DEFAULT.withMaxImageBytes(200_000))).getFirst();
    assertThat(rejected.reason()).isEqualTo(SourceEntry.Reason.TOO_LARGE);
    assertThat(rejected.message())
        .isEqualTo("300000 bytes; the limit on an image's size is 200000");
    assertThat(rejected.sizeBytes()).isEqualTo(300_000);
    assertThat(rejected.start().remaining()).isEqualTo(SourceEntry.REJECTED_START_BYTES);
    assertThat(rejected.sha256().orElseThrow().array())
        .isEqualTo(MessageDigest.getInstance("SHA-256").digest(large));
    assertThat(SourceFiles.read(source(SourceOptions.DEFAULT.withMaxImageBytes(200_000))).get(1))
        .isInstanceOf(SourceEntry.ImageFile.class);
  }

  @Test
  void shouldRejectLinksThatLeadNowhereOrBack() throws IOException {
    SourceFiles.folder(folder, Map.of("a/1.jpg", "1"));
    Files.createSymbolicLink(folder.resolve("b.jpg"), Path.of("missing"));
    Files.createSymbolicLink(folder.resolve("a/loop"), folder);
    Files.createSymbolicLink(folder.resolve("c"), folder.resolve("a/1.jpg"));
    assertThat(SourceFiles.describe(source(SourceOptions.DEFAULT)))
        .containsExactly(
            "a/1.jpg|a|1",
            "a/loop!NO_FILE: link that leads back to a folder above it",
            "b.jpg!UNREADABLE: cannot be read: there is no such file",
            "c|-|1");
  }

  @Test
  void shouldRejectAFileWithoutPermissionAndGoOn() throws IOException {
    SourceFiles.folder(folder, Map.of("a.jpg", "1", "b.jpg", "2"));
    Files.setPosixFilePermissions(
        folder.resolve("a.jpg"), PosixFilePermissions.fromString("---------"));
    assumeFalse(
        Files.isReadable(folder.resolve("a.jpg")), "this user may read files without permission");
    assertThat(SourceFiles.describe(source(SourceOptions.DEFAULT)))
        .containsExactly("a.jpg!UNREADABLE: cannot be read: permission denied", "b.jpg|-|2");
  }

  @Test
  void shouldNameASourceThatIsNotThere() {
    assertThatThrownBy(() -> ImageSource.of(folder + "/nowhere", SourceOptions.DEFAULT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nowhere: there is no such folder or tar archive");
  }
}
