package io.viewstream.local.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.trainer.train.SettingKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GridFileTest {

  private static final String GRID =
      """
      title: Sweep
      output: results
      images:
        train: pets.tar
        test: shapes
        train-limit: 500
      preset: smoke
      device: cpu
      engine-threads: 1
      wait-for-views: 20
      set:
        width: 4
        learning-rate: 0.10
      methods: [simclr, byol]
      generative-probability: [0, 0.50]
      seeds: [1, 2]
      arms:
        other-image:
          generative-probability: 1
          pairing: other-image
      """;

  @TempDir private Path folder;

  private Grid read(String text) throws IOException {
    return GridFile.read(Files.writeString(folder.resolve("grid.yaml"), text));
  }

  @Test
  void shouldTakeAnotherFolderForResults() throws IOException {
    Path file = Files.writeString(folder.resolve("grid.yaml"), GRID.replace("output: results", ""));
    assertThat(GridFile.read(file, Optional.of(Path.of("there"))).output())
        .isEqualTo(Path.of("there"));
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> GridFile.read(file))
        .withMessageContaining("output (or --output) is missing");

    Files.write(file, new byte[] {'t', ':', ' ', (byte) 0xff});
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> GridFile.read(file))
        .withMessageContaining("it is not text in UTF-8");
  }

  @Test
  void shouldMakeACellOfEveryMethodPointAndSeedWithWholeSeedsFirst() throws IOException {
    Grid grid = read(GRID);
    assertThat(grid.title()).isEqualTo("Sweep");
    assertThat(grid.output()).isEqualTo(folder.resolve("results"));
    assertThat(grid.probe().train()).isEqualTo(folder.resolve("pets.tar").toString());
    assertThat(grid.probe().test()).isEqualTo("shapes");
    assertThat(grid.probe().trainLimit()).isEqualTo(OptionalLong.of(500));
    assertThat(grid.probe().testLimit()).isEmpty();
    assertThat(grid.engine().threads()).isEqualTo(1);
    assertThat(grid.waitForViews()).isEqualTo(OptionalInt.of(20));
    assertThat(grid.cells().stream().map(Cell::id))
        .containsExactly(
            "simclr-p0-seed1",
            "simclr-p0.50-seed1",
            "simclr-other-image-seed1",
            "byol-p0-seed1",
            "byol-p0.50-seed1",
            "byol-other-image-seed1",
            "simclr-p0-seed2",
            "simclr-p0.50-seed2",
            "simclr-other-image-seed2",
            "byol-p0-seed2",
            "byol-p0.50-seed2",
            "byol-other-image-seed2");
    assertThat(grid.cells().get(2).values().plain())
        .containsEntry("method", "simclr")
        .containsEntry("width", "4")
        .containsEntry("learning-rate", "0.10")
        .containsEntry("seed", "1")
        .containsEntry("generative-probability", "1")
        .containsEntry("pairing", "other-image");
    assertThat(grid.cells().get(1).values().find(SettingKey.PAIRING)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "output: results | outptu: results | line 1: output (or --output) is missing",
        "title: Sweep | titel: Sweep | line 1: titel is unknown here; known are title, output,",
        "train-limit: 500 | limit: 500 | line 6: images.limit is unknown here; known are train, test, train-limit, test-limit",
        "train-limit: 500 | train-limit: few | line 6: images.train-limit is few; it must be a whole number of at least 1",
        "train: pets.tar | train: [a, b] | line 4: images.train must be a single value",
        "train: pets.tar | train: | line 4: images.train must be a single value",
        "preset: smoke | preset: big | line 7: There is no preset 'big'",
        "width: 4 | widht: 4 | line 12: There is no setting 'widht'; there are method,",
        "width: 4 | seed: 4 | line 12: set.seed cannot be given here; the grid goes over it",
        "width: 4 | width: 0 | cell simclr-p0-seed1: width is 0; it must be",
        "width: 4 | learning-rate: 4 | line 13: set.learning-rate is there twice",
        "'[simclr, byol]' | '[simclr, clip]' | line 14: There is no method 'clip'",
        "'[simclr, byol]' | simclr | line 14: methods must be a list such as [1, 2]",
        "'[0, 0.50]' | '[0, 1.5]' | line 15: generative-probability is 1.5; it must be a number from 0 to 1",
        "'[0, 0.50]' | '[0, {}]' | line 15: generative-probability must be a single value",
        "'[1, 2]' | '[1, 1]' | line 16: seeds has 1 twice, as 1 and as 1; each must differ",
        "'[1, 2]' | '[1, 01]' | line 16: seeds has 1 twice, as 1 and as 01; each must differ",
        "'[1, 2]' | '[one]' | line 16: seeds is one; it must be a whole number",
        "'[0, 0.50]' | '[0.5, 0.50]' | line 15: generative-probability has 0.5 twice, as 0.5 and as 0.50",
        "'[0, 0.50]' | '[-0, 0.0]' | line 15: generative-probability has -0 twice, as -0 and as 0.0",
        "'[simclr, byol]' | '[byol, byol]' | line 14: methods has byol twice",
        "pairing: other-image | pairing: nobody | cell simclr-other-image-seed1: Pairing 'nobody' is none of",
        "pairing: other-image | method: byol | line 20: arms.other-image.method cannot be given here",
        "'  other-image:' | '  Other:' | the arm 'Other' must be named by small letters",
        "'[1, 2]' | '[1, 2' | is no YAML",
        "width: 4 | '\t' | is no YAML",
      })
  void shouldNameFileAndLineOfWhatIsWrong(String right, String wrong, String message) {
    assertThat(GRID).contains(right);
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> read(GRID.replace(right, wrong)))
        .satisfies(failure -> assertThat(failure.exitCode()).isEqualTo(CommandException.USAGE))
        .withMessageStartingWith(folder.resolve("grid.yaml").toString())
        .withMessageContaining(message)
        .withMessageNotContaining("\n");
  }

  @Test
  void shouldRefuseTrainingsThatNeverEnd() throws IOException {
    String continuous =
        GRID.replace(
            "  width: 4\n",
            "  mode: continuous\n  window-images: 64\n  shuffle-buffer: 128\n  warmup-steps: 5\n");
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> read(continuous))
        .satisfies(failure -> assertThat(failure.exitCode()).isEqualTo(CommandException.USAGE))
        .withMessageEndingWith(
            "grid.yaml, cell simclr-p0-seed1: mode is continuous without steps, which never ends; set steps");
    assertThat(read(continuous.replace("  warmup-steps: 5\n", "  warmup-steps: 5\n  steps: 9\n")))
        .isNotNull();
  }

  @Test
  void shouldNameAFileThatIsNotThereOrEmpty() {
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> GridFile.read(folder.resolve("none.yaml")))
        .withMessage("Cannot read --grid %s: there is no such file", folder.resolve("none.yaml"))
        .extracting(CommandException::exitCode)
        .as("as for any other missing file")
        .isEqualTo(CommandException.FAILED);
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> read(""))
        .withMessageEndingWith("grid.yaml is empty");
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> read("- a\n"))
        .withMessageEndingWith("grid.yaml, line 1: the file must be keys with values");
  }
}
