package io.viewstream.local.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.ShutdownSignal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentTest {

  private static final String GRID =
      """
      title: Sweep <of> p
      output: results
      images: {train: shapes, test: shapes}
      preset: smoke
      methods: [simclr]
      generative-probability: [0, 0.5]
      seeds: [1, 2]
      arms:
        other-image: {generative-probability: 1, pairing: other-image}
      """;

  @TempDir private Path folder;
  private ShutdownSignal stop = new ShutdownSignal();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private Grid grid(String text) throws IOException {
    return GridFile.read(Files.writeString(folder.resolve("grid.yaml"), text));
  }

  private Experiment experiment(Grid grid, CellRunner runner) {
    return new Experiment(
        grid,
        runner,
        stop,
        new PrintStream(said, true, StandardCharsets.UTF_8),
        Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC));
  }

  @Test
  void shouldCompareSeedsInOneReport() throws IOException {
    Grid grid = grid(GRID);
    ExperimentOutcome outcome = experiment(grid, new ScriptedCells(grid.probe())).run();

    assertThat(outcome.failures()).isEmpty();
    assertThat(outcome.table())
        .contains(
            "| simclr | p = 0 | 0.0 / 0.0 ± 0.0 | 41.5 ± 0.7 | – | 30.0 ± 0.0 | – | 2 |",
            "| simclr | p = 0.5 | 50.0 / 49.0 ± 0.0 | 46.5 ± 0.7 | +5.0 ± 0.0 | 32.5 ± 0.0 | +2.5 ± 0.0 | 2 |",
            "| simclr | other-image | 100.0 / 98.0 ± 0.0 | 51.5 ± 0.7 | +10.0 ± 0.0 | 35.0 ± 0.0 | +5.0 ± 0.0 | 2 |");
    assertThat(Files.readString(grid.output().resolve("table.md"))).isEqualTo(outcome.table());
    assertThat(Files.readString(outcome.page()))
        .contains("Sweep &lt;of&gt; p", "All 6 trainings are done", "pairing=other-image", "<svg")
        .doesNotContain("<of>", "{{");
    assertThat(Files.readString(grid.output().resolve("linear-probe.svg")))
        .startsWith("<svg xmlns=")
        .contains("simclr p 0.50: 46.5 %; simclr other-image: 51.5 %; chance 10.0 %");
    JsonNode json =
        new ObjectMapper().readTree(Files.readString(grid.output().resolve("report.json")));
    assertThat(json.path("cellsDone").asInt()).isEqualTo(6);
    assertThat(json.path("comparisons").get(1).path("linearProbeTop1").asDouble())
        .isBetween(0.4649, 0.4651);
    assertThat(json.path("cells").path("simclr-p0.5-seed2").path("settings").path("seed").asText())
        .isEqualTo("2");
  }

  @Test
  void shouldGoOnWhereItWasStopped() throws IOException {
    Grid grid = grid(GRID);
    ScriptedCells first = new ScriptedCells(grid.probe());
    first.beforeEach =
        () -> {
          if (first.ran.size() == 3) {
            stop.request();
          }
        };
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> experiment(grid, first).run())
        .satisfies(
            failure -> assertThat(failure.exitCode()).isEqualTo(CommandException.INTERRUPTED))
        .withMessage("Stopped with 2 of 6 cells done; the same command goes on");
    assertThat(Files.readString(grid.output().resolve("report.html"))).contains("2 of 6 trainings");

    stop = new ShutdownSignal();
    ScriptedCells second = new ScriptedCells(grid.probe());
    assertThat(experiment(grid, second).run().failures()).isEmpty();
    assertThat(second.ran)
        .containsExactly(
            "simclr-other-image-seed1",
            "simclr-p0-seed2",
            "simclr-p0.5-seed2",
            "simclr-other-image-seed2");
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("2 of 6 cells are done already");
  }

  @Test
  void shouldRunOnlyWhatAChangedGridAdds() throws IOException {
    Grid grid = grid(GRID);
    experiment(grid, new ScriptedCells(grid.probe())).run();
    Grid larger = grid(GRID.replace("[1, 2]", "[1, 3]"));
    ScriptedCells runner = new ScriptedCells(larger.probe());
    ExperimentOutcome outcome = experiment(larger, runner).run();
    assertThat(runner.ran)
        .containsExactly("simclr-p0-seed3", "simclr-p0.5-seed3", "simclr-other-image-seed3");
    // Only what the grid asks for is compared: seeds 1 and 3.
    assertThat(outcome.table()).contains("| simclr | p = 0 | 0.0 / 0.0 ± 0.0 | 42.0 ± 1.4 |");
  }

  @Test
  void shouldRefuseResultsOfOtherSettingsBeforeAnythingRuns() throws IOException {
    Grid grid = grid(GRID);
    experiment(grid, new ScriptedCells(grid.probe())).run();
    Grid other = grid(GRID.replace("[1, 2]", "[1, 3]") + "set: {epochs: 7}\n");
    ScriptedCells runner = new ScriptedCells(other.probe());
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> experiment(other, runner).run())
        .withMessageContaining("simclr-p0-seed1 is done with other settings: epochs was ")
        .withMessageContaining(", now 7; name another folder by --output, or delete ");
    Grid images = grid(GRID.replace("test: shapes", "test: shapes, test-limit: 5"));
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> experiment(images, runner).run())
        .withMessageContaining("the images of the probe were others");
    assertThat(runner.ran).isEmpty();
  }

  @Test
  void shouldReportACellThatFailsAndRunTheOthers() throws IOException {
    Grid grid = grid(GRID);
    ScriptedCells runner = new ScriptedCells(grid.probe());
    runner.failing.add("simclr-p0.5-seed1");
    ExperimentOutcome outcome = experiment(grid, runner).run();
    assertThat(runner.ran).hasSize(6);
    assertThat(outcome.failures())
        .containsExactly("simclr, p = 0.5, seed 1: The loss is no number");
    assertThat(Files.readString(outcome.page())).contains("What failed", "The loss is no number");
    assertThat(outcome.table())
        .contains("| simclr | p = 0.5 | 50.0 / 49.0 | 47.0 | +5.0 | 32.5 | +2.5 | 1 |");

    ScriptedCells none = new ScriptedCells(grid.probe());
    grid.cells().forEach(cell -> none.failing.add(cell.id()));
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> experiment(grid.withOutput(folder.resolve("other")), none).run())
        .satisfies(failure -> assertThat(failure.exitCode()).isEqualTo(CommandException.FAILED))
        .withMessageContaining("No cell of ")
        .withMessageContaining("The loss is no number");
  }

  @Test
  void shouldNotTakeAReportThatCannotBeWrittenForAFailedCell() throws IOException {
    Grid grid = grid(GRID);
    // A folder with something in it cannot be replaced by a file.
    Path inTheWay = grid.output().resolve("table.md");
    Files.createDirectories(inTheWay.resolve("full"));
    ScriptedCells runner = new ScriptedCells(grid.probe());
    runner.failing.add("simclr-p0.5-seed1");
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> experiment(grid, runner).run())
        .satisfies(failure -> assertThat(failure.exitCode()).isEqualTo(CommandException.FAILED))
        .withMessageStartingWith(
            "5 of 6 cells are done, 1 failed, but their report is not written: Cannot write "
                + inTheWay)
        .withMessageEndingWith("; the same command writes it");
    assertThat(runner.ran).hasSize(6);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("The report is not written: Cannot write " + inTheWay)
        .containsOnlyOnce("] failed: ");

    Files.delete(inTheWay.resolve("full"));
    Files.delete(inTheWay);
    assertThat(experiment(grid, new ScriptedCells(grid.probe())).run().failures()).isEmpty();
  }

  @Test
  void shouldLetOneExperimentAtATimeIntoAFolder() throws IOException {
    Grid grid = grid(GRID);
    ScriptedCells runner = new ScriptedCells(grid.probe());
    runner.beforeEach =
        () ->
            assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> experiment(grid, new ScriptedCells(grid.probe())).run())
                .withMessageContaining("Another experiment is at work in " + grid.output());
    assertThat(experiment(grid, runner).run().failures()).isEmpty();
    assertThat(runner.ran).hasSize(6);
  }

  @Test
  void shouldNameAResultThatCannotBeRead() throws IOException {
    Grid grid = grid(GRID);
    experiment(grid, new ScriptedCells(grid.probe())).run();
    Path file = grid.output().resolve("cells/simclr-p0-seed1/result.json");
    Files.writeString(file, "{\"settings\": {}}");
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> experiment(grid, new ScriptedCells(grid.probe())).run())
        .withMessageContaining("Cannot read the result " + file + ": images is missing; delete");
  }
}
