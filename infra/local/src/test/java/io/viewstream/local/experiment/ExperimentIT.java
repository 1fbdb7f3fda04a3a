package io.viewstream.local.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.viewstream.augment.GenerationService;
import io.viewstream.augment.GenerationSettings;
import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.producer.ImageIngest;
import io.viewstream.producer.IngestSettings;
import io.viewstream.trainer.train.StopRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small grid on a real broker: stopped in the middle of a cell, and taken up again. */
class ExperimentIT {

  private static final String GRID =
      """
      output: results
      images: {train: shapes, test: shapes, train-limit: 60, test-limit: 30}
      preset: smoke
      engine-threads: 1
      wait-for-views: 40
      set: {width: 2, resolution: 16, batch-size: 8, steps: 12}
      methods: [simclr]
      generative-probability: [1]
      seeds: [1]
      arms:
        same-class: {generative-probability: 1, pairing: same-class}
        nobodys: {generative-probability: 1, views-from: absent}
      """;

  @TempDir private Path folder;
  private final ConnectionSettings connection = KafkaEnvironment.shared().newTopics(2);

  private void publish() throws InterruptedException {
    new ImageIngest(
            connection, IngestSettings.of("shapes").withSource(SourceOptions.DEFAULT.withLimit(40)))
        .run();
    try (GenerationService service =
        GenerationService.start(GenerationSettings.defaults(connection).with(2, 0, 2))) {
      assertThat(service.awaitCaughtUp(new ShutdownSignal())).isTrue();
    }
  }

  private ExperimentOutcome run(Grid grid, CellRunner runner, ShutdownSignal stop) {
    return new Experiment(grid, runner, stop, new PrintStream(System.err), Clock.systemUTC()).run();
  }

  @Test
  void shouldTakeUpACellWhereItWasStoppedAndReportTheOneThatFails()
      throws IOException, InterruptedException {
    publish();
    Grid grid = GridFile.read(Files.writeString(folder.resolve("grid.yaml"), GRID));
    TrainedCell cells = new TrainedCell(connection, grid, folder.resolve("cache"));

    // Stopped once there is a checkpoint: the stop is asked for before the first step ends.
    ShutdownSignal stop = new ShutdownSignal();
    CellRunner stopped =
        (cell, cellFolder, request) -> {
          StopRequest early = new StopRequest();
          Thread watcher =
              Thread.ofPlatform()
                  .start(
                      () -> {
                        Path manifest = cellFolder.resolve("training/manifest.jsonl");
                        while (!Files.exists(manifest) && !Thread.currentThread().isInterrupted()) {
                          Thread.onSpinWait();
                        }
                        stop.request();
                        early.request();
                      });
          try {
            return cells.run(cell, cellFolder, early);
          } finally {
            watcher.interrupt();
          }
        };
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> run(grid, stopped, stop))
        .withMessage("Stopped with 0 of 3 cells done; the same command goes on");
    assertThat(grid.output().resolve("cells/simclr-p1-seed1/training/manifest.jsonl")).exists();
    assertThat(grid.output().resolve("cells/simclr-p1-seed1/result.json")).doesNotExist();

    ExperimentOutcome outcome = run(grid, cells, new ShutdownSignal());
    assertThat(outcome.failures()).hasSize(1);
    assertThat(outcome.failures().getFirst())
        .startsWith("simclr, nobodys, seed 1: ")
        .contains("absent");
    CellResult taken =
        CellResult.read(grid.output().resolve("cells/simclr-p1-seed1")).orElseThrow();
    assertThat(taken.measured().steps()).isEqualTo(12);
    assertThat(taken.measured().achieved()).isEqualTo(1);
    assertThat(taken.measured().linearProbe()).isBetween(0.0, 1.0);

    // The same cell in one go comes to the same numbers.
    Grid again = grid.withOutput(folder.resolve("again"));
    run(again, cells, new ShutdownSignal());
    CellResult whole =
        CellResult.read(again.output().resolve("cells/simclr-p1-seed1")).orElseThrow();
    assertThat(whole.measured().lastLoss()).isEqualTo(taken.measured().lastLoss());
    assertThat(whole.measured().linearProbe()).isEqualTo(taken.measured().linearProbe());
    assertThat(whole.settings()).isEqualTo(taken.settings());
  }
}
