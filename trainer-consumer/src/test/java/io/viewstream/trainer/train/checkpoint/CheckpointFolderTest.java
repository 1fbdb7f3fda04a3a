package io.viewstream.trainer.train.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {

  @TempDir private Path folder;

  @Test
  void shouldLeaveOutWhatNoTrainingWrote() throws IOException {
    Files.createFile(folder.resolve("checkpoint-99999999999999999999.safetensors"));
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> CheckpointFolder.resolve(folder))
        .withMessageContaining("holds no file named checkpoint-");

    Path nine = Files.createFile(folder.resolve("checkpoint-000000009.safetensors"));
    Path more = Files.createFile(folder.resolve("checkpoint-1000000000.safetensors"));
    assertThat(CheckpointFolder.resolve(folder)).isEqualTo(more);
    assertThat(CheckpointFolder.resolve(nine)).isEqualTo(nine);
  }

  @Test
  void shouldLeaveNoPartOfACheckpointThatCannotBeWritten() throws IOException {
    Path inTheWay = folder.resolve("checkpoint-000000007.safetensors");
    Files.createDirectories(inTheWay.resolve("folder"));
    SafetensorsFile content = new SafetensorsFile(Map.of(), new LinkedHashMap<>());

    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> new CheckpointFolder(folder).save(7, content))
        .withMessageStartingWith("Cannot write the checkpoint " + inTheWay);
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
  }
}
