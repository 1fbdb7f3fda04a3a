package io.viewstream.kafka.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  @Test
  void shouldReplaceAFileAndLeaveNothingBesideIt() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "a longer text than the new one");

    WholeFile.write(file, CONTENT);

    assertThat(file).hasBinaryContent(CONTENT);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void shouldFollowALink() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "a longer text than the new one");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    WholeFile.write(link, CONTENT);

    assertThat(link).isSymbolicLink();
    assertThat(file).hasBinaryContent(CONTENT);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void shouldWriteIntoAPipe() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    CompletableFuture<byte[]> read = new CompletableFuture<>();
    Thread.ofPlatform().daemon().start(() -> complete(read, pipe));

    JsonReport.requireWritable(pipe);
    WholeFile.write(pipe, CONTENT);

    assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo(CONTENT);
    assertThat(Files.isRegularFile(pipe, LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  private static void complete(CompletableFuture<byte[]> read, Path pipe) {
    try {
      read.complete(Files.readAllBytes(pipe));
    } catch (IOException e) {
      read.completeExceptionally(e);
    }
  }
}
