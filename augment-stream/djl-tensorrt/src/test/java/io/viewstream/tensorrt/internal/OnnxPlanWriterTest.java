package io.viewstream.tensorrt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The times of earlier builds, which a build may lack. */
class OnnxPlanWriterTest {

  @TempDir Path folder;

  private final List<String> progress = new ArrayList<>();

  @Test
  void shouldReplaceTheTimesInOneStep() throws IOException {
    Path file = folder.resolve("times-1.cache");
    assertThat(OnnxPlanWriter.readTimes(file, progress::add)).isEmpty();
    for (byte times = 1; times < 3; times++) {
      OnnxPlanWriter.writeTimes(file, ByteBuffer.wrap(new byte[] {times, times}));
      assertThat(OnnxPlanWriter.readTimes(file, progress::add)).containsExactly(times, times);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
    assertThat(progress).isEmpty();
  }

  @Test
  void shouldBuildWithoutTimesThatCannotBeRead() throws IOException {
    Path file = Files.createDirectory(folder.resolve("times-1.cache"));

    assertThat(OnnxPlanWriter.readTimes(file, progress::add)).isEmpty();
    assertThat(progress).singleElement().asString().startsWith(file + " was not read: ");
  }

  @Test
  void shouldLeaveNothingOfTimesThatCannotBeWritten() throws IOException {
    Path file = folder.resolve("times-1.cache");
    Files.createDirectories(file.resolve("in the way"));

    assertThatThrownBy(() -> OnnxPlanWriter.writeTimes(file, ByteBuffer.wrap(new byte[] {1})))
        .isInstanceOf(IOException.class);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }
}
