package io.viewstream.kafka.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonReportTest {
  @TempDir Path folder;

  @Test
  void shouldWriteItsEntriesAndNothingElseIntoTheFolder() throws IOException {
    Path file = folder.resolve("new/report.json");

    new JsonReport()
        .put("steps", 3)
        .put("losses", new double[] {1.5, 1.25})
        .write(Optional.of(file));

    assertThat(new ObjectMapper().readTree(file.toFile()))
        .isEqualTo(new ObjectMapper().readTree("{\"steps\": 3, \"losses\": [1.5, 1.25]}"));
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void shouldNameAFileThatCannotBeWritten() throws IOException {
    Path occupied = Files.createDirectories(folder.resolve("occupied/by-a-folder")).getParent();

    assertThatThrownBy(() -> new JsonReport().write(Optional.of(occupied)))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining(occupied.toString());
    assertThat(folder).as("nothing half-written").isDirectoryNotContaining("glob:**.tmp");
  }
}
