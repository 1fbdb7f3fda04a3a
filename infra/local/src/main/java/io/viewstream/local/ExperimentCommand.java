package io.viewstream.local;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.CommonOptions;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.local.experiment.Experiment;
import io.viewstream.local.experiment.ExperimentOutcome;
import io.viewstream.local.experiment.Grid;
import io.viewstream.local.experiment.GridFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code viewstream experiment}: a grid of trainings from one file, and one report. */
@Command(
    name = "experiment",
    description = {
      "Trains a grid of methods, generative probabilities and seeds, and compares them in one report.",
      "A cell that is done is not run again: after Ctrl-C, or with more seeds in the file, the same command goes on"
          + " with what is missing."
    })
public final class ExperimentCommand implements Callable<Integer> {

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--grid",
      required = true,
      paramLabel = "FILE",
      description = "The grid, in YAML; docs/experiments.md lists its keys.")
  private Path grid = Path.of("grid.yaml");

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Folder of results (default: what the grid says, beside its file).")
  private @Nullable Path output;

  @Override
  public Integer call() {
    Grid read = GridFile.read(grid, Optional.ofNullable(output));
    ExperimentOutcome outcome =
        Experiment.on(common.connection(), read, ShutdownSignal.install(), System.err).run();
    outcome.report().write(common.report());
    System.out.print(outcome.table());
    System.out.println("Report: " + outcome.page().toUri());
    if (outcome.failures().isEmpty()) {
      return 0;
    }
    System.out.flush();
    throw CommandException.failed(
        "%d of %d cells failed: %s"
            .formatted(
                outcome.failures().size(),
                read.cells().size(),
                String.join("; ", outcome.failures())));
  }
}
