package io.viewstream.imaging.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives as other programs write them, and archives that nobody should. */
final class TarFormatsTest {
  @TempDir private Path folder;

  private Path archive() {
    return folder.resolve("pictures.tar");
  }

  private List<String> describe() throws IOException {
    return SourceFiles.describe(ImageSource.of(archive().toString(), SourceOptions.DEFAULT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v7", "oldgnu", "gnu", "ustar", "posix"})
  void shouldReadWhatGnuTarWrites(String format) throws IOException, InterruptedException {
    boolean longNames = !format.equals("v7");
    String directory = longNames ? "d".repeat(90) + "/" + "e".repeat(60) : "d";
    String odd = format.equals("v7") || format.equals("ustar") ? "o" : "ö";
    Path files = Files.createDirectories(folder.resolve("files"));
    SourceFiles.folder(
        files,
        Map.of("a.jpg", "", directory + "/b.jpg", "x".repeat(512), directory + "/" + odd, "y"));
    Files.createSymbolicLink(files.resolve(directory).resolve("link"), Path.of("b.jpg"));
    run(
        List.of(
            "tar",
            "--format=" + format,
            "--sort=name",
            "-C",
            files.toString(),
            "-cf",
            archive().toString(),
            "."));
    String label = directory.substring(directory.lastIndexOf('/') + 1);
    assertThat(describe())
        .containsExactly(
            "a.jpg|-|",
            directory + "/b.jpg|" + label + "|" + "x".repeat(512),
            directory + "/link!NO_FILE: link; links in an archive are not followed",
            directory + "/" + odd + "|" + label + "|y");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "posix"})
  void shouldRefuseSparseFilesAndReadWhatFollows(String format)
      throws IOException, InterruptedException {
    Path files = Files.createDirectories(folder.resolve("files"));
    try (RandomAccessFile sparse = new RandomAccessFile(files.resolve("a.jpg").toFile(), "rw")) {
      // More islands than fit one header, so that the map goes on in further records.
      for (int i = 0; i < 60; i++) {
        sparse.seek(i * 1_000_000L);
        sparse.write('x');
      }
    }
    SourceFiles.folder(files, Map.of("b.jpg", "b"));
    run(
        List.of(
            "tar",
            "--format=" + format,
            "--sparse",
            "--sort=name",
            "-C",
            files.toString(),
            "-cf",
            archive().toString(),
            "."));
    assumeTrue(Files.size(archive()) < 10_000_000, "the file system here keeps no holes in files");
    assertThat(describe().getLast()).isEqualTo("b.jpg|-|b");
    assertThat(describe().getFirst())
        .endsWith("!NO_FILE: not a plain file (a device, a pipe or a sparse file)");
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(false, "there is no GNU tar here: " + e.getMessage());
      return;
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeTrue(
        process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0,
        "there is no GNU tar here: " + output);
  }

  /** Whatever the bytes are: entries, or an {@link IOException} with the archive's name. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldSurviveDamage(long seed) throws IOException {
    SourceFiles.tar(archive(), Map.of("a/b.jpg", "x", "ü".repeat(80), "y", "c", "z".repeat(600)));
    byte[] whole = Files.readAllBytes(archive());
    Random random = new Random(seed);
    List<Throwable> failures = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      for (int j = 0; j <= i % 4; j++) {
        damaged[random.nextInt(4096)] = (byte) random.nextInt();
      }
      Files.write(archive(), damaged);
      try {
        describe();
      } catch (IOException e) {
        failures.add(e);
      }
    }
    assertThat(failures)
        .isNotEmpty()
        .allSatisfy(failure -> assertThat(failure).hasMessageContaining(archive().toString()));
  }
}
