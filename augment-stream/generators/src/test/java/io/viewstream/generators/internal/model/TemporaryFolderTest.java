package io.viewstream.generators.internal.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFolderTest {

  @TempDir Path parent;

  @Test
  void shouldLeaveNothing() throws IOException {
    try (TemporaryFolder folder = TemporaryFolder.create(parent)) {
      Files.createDirectories(folder.path().resolve("unet"));
      Files.write(folder.path().resolve("unet/model.onnx"), new byte[3]);
      assertThat(content()).hasSize(2);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
          .isEqualTo("rwx------");
    }
    assertThat(content()).isEmpty();
  }

  @Test
  void shouldDeleteWhatAKilledProcessLeft() throws Exception {
    Process process = other();
    Path left = Path.of(process.inputReader().readLine());
    assertThat(left.resolve("unet/model.onnx")).isRegularFile();
    try (TemporaryFolder folder = TemporaryFolder.create(parent)) {
      assertThat(left.resolve("unet/model.onnx")).as("while its process lives").isRegularFile();
      assertThat(folder.path()).isDirectory();
    }
    process.destroyForcibly().waitFor();
    assertThat(left.resolve("unet/model.onnx")).as("killed").isRegularFile();

    try (TemporaryFolder folder = TemporaryFolder.create(parent)) {
      assertThat(left).doesNotExist();
      assertThat(content()).hasSize(2).contains(folder.path());
    }
    assertThat(content()).isEmpty();
  }

  /** To close a lock file that is open twice in one process frees its lock. */
  @Test
  void shouldLeaveItsOwnAloneAndLocked() throws Exception {
    try (TemporaryFolder first = TemporaryFolder.create(parent);
        TemporaryFolder second = TemporaryFolder.create(parent)) {
      Process process = other();
      Path third = Path.of(process.inputReader().readLine());
      assertThat(content()).hasSize(6).contains(first.path(), second.path(), third);
      process.destroyForcibly().waitFor();
    }
    TemporaryFolder.create(parent).close();
    assertThat(content()).isEmpty();
  }

  @Test
  void shouldNotTouchWhatIsNotItsOwn() throws IOException {
    Path other = Files.createDirectory(parent.resolve("viewstream-package-without-a-lock"));
    Path linked = Files.createDirectory(parent.resolve("linked"));
    Files.createSymbolicLink(parent.resolve("viewstream-package-link"), linked);
    Files.createFile(parent.resolve("viewstream-package-link.lock"));
    Files.write(linked.resolve("kept"), new byte[1]);

    TemporaryFolder.create(parent).close();

    assertThat(other).isDirectory();
    assertThat(linked.resolve("kept")).isRegularFile();
  }

  private List<Path> content() throws IOException {
    try (Stream<Path> paths = Files.list(parent.toRealPath())) {
      return paths.toList();
    }
  }

  private Process other() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Unpacking.class.getName(),
            parent.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Makes a folder with a file, says where, and waits for its end. */
  static final class Unpacking {
    public static void main(String[] arguments) throws IOException {
      TemporaryFolder folder = TemporaryFolder.create(Path.of(arguments[0]));
      Files.createDirectories(folder.path().resolve("unet"));
      Files.write(folder.path().resolve("unet/model.onnx"), new byte[1_000]);
      System.out.println(folder.path());
      System.in.read();
    }
  }
}
