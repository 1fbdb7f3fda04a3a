package io.viewstream.local.experiment;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Reason;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.trainer.train.StopRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the cells of a grid, one after the other, and writes the report anew after each.
 *
 * <p>The folder of results has a folder for each cell. A cell with a result is not run again, so
 * that a grid that was stopped, or has grown, goes on with what is missing; a cell whose result
 * came of other settings stops the experiment before anything runs. A cell that fails is reported,
 * and the others run. One process at a time may use the folder.
 */
public final class Experiment {

  private static final Logger logger = LoggerFactory.getLogger(Experiment.class);

  private final Grid grid;
  private final CellRunner runner;
  private final ShutdownSignal stop;
  private final PrintStream output;
  private final Clock clock;

  Experiment(Grid grid, CellRunner runner, ShutdownSignal stop, PrintStream output, Clock clock) {
    this.grid = grid;
    this.runner = runner;
    this.stop = stop;
    this.output = output;
    this.clock = clock;
  }

  /**
   * An experiment on the topics of a cluster.
   *
   * @param stop ends it early
   * @param output where cells are announced, usually standard error
   */
  public static Experiment on(
      ConnectionSettings connection, Grid grid, ShutdownSignal stop, PrintStream output) {
    return new Experiment(
        grid,
        new TrainedCell(connection, grid, grid.output().resolve("cache")),
        stop,
        output,
        Clock.systemDefaultZone());
  }

  /**
   * Runs what is missing. Called once.
   *
   * @throws CommandException if a result contradicts the grid, another process uses the folder, no
   *     cell has a result, or the end was asked for
   */
  public ExperimentOutcome run() {
    try {
      Files.createDirectories(grid.output());
    } catch (IOException e) {
      throw CommandException.failed(
          "Cannot create the folder " + grid.output() + ": " + Reason.of(e), e);
    }
    Path file = grid.output().resolve("lock");
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lock(channel)) {
      if (lock == null) {
        throw CommandException.failed(
            "Another experiment is at work in %s; wait for it, or name another folder by --output"
                .formatted(grid.output()));
      }
      return runCells();
    } catch (IOException e) {
      throw CommandException.failed("Cannot lock " + file + ": " + Reason.of(e), e);
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private ExperimentOutcome runCells() {
    Map<Cell, CellResult> results = finished();
    if (!results.isEmpty()) {
      output.printf(
          Locale.ROOT, "%d of %d cells are done already%n", results.size(), grid.cells().size());
    }
    List<String> failures = new ArrayList<>();
    int number = 0;
    for (Cell cell : grid.cells()) {
      number++;
      if (results.containsKey(cell)) {
        continue;
      }
      requireNotStopped(results);
      output.printf(Locale.ROOT, "[%d/%d] %s%n", number, grid.cells().size(), cell);
      try {
        CellResult result = runner.run(cell, folder(cell), stopOfCell());
        result.write(folder(cell));
        results.put(cell, result);
        output.printf(
            Locale.ROOT,
            "[%d/%d] %s: linear probe %.1f %%, nearest neighbours %.1f %%, %s%n",
            number,
            grid.cells().size(),
            cell,
            100 * result.measured().linearProbe(),
            100 * result.measured().nearestNeighbours(),
            readable(result));
      } catch (RuntimeException e) {
        requireNotStopped(results);
        // Whatever it is, the other cells may still succeed; hours of them must not be lost to it.
        logger.debug("The cell {} failed", cell.id(), e);
        String failure =
            "%s: %s".formatted(cell, e instanceof CommandException ? e.getMessage() : e);
        failures.add(failure);
        output.printf("[%d/%d] failed: %s%n", number, grid.cells().size(), failure);
      }
      reportSoFar(results, failures);
    }
    if (results.isEmpty()) {
      throw CommandException.failed(
          "No cell of %s succeeded; the first said: %s"
              .formatted(grid.file(), failures.getFirst()));
    }
    try {
      return report(results, failures);
    } catch (CommandException e) {
      throw CommandException.failed(
          "%d of %d cells are done%s, but their report is not written: %s; the same command writes it"
              .formatted(
                  results.size(),
                  grid.cells().size(),
                  failures.isEmpty() ? "" : ", %d failed".formatted(failures.size()),
                  e.getMessage()),
          e);
    }
  }

  /** A report that cannot be written now is no fault of a cell, and the next may be. */
  private void reportSoFar(Map<Cell, CellResult> results, List<String> failures) {
    if (results.isEmpty()) {
      return;
    }
    try {
      report(results, failures);
    } catch (CommandException e) {
      output.printf("The report is not written: %s%n", e.getMessage());
    }
  }

  /** The results on disk, all of which must be what the grid asks for. */
  private Map<Cell, CellResult> finished() {
    Map<Cell, CellResult> results = new LinkedHashMap<>();
    for (Cell cell : grid.cells()) {
      Optional<CellResult> found = CellResult.read(folder(cell));
      if (found.isPresent()) {
        List<String> differences = found.get().differences(cell, grid.probe());
        if (!differences.isEmpty()) {
          throw CommandException.usage(
              "%s is done with other settings: %s; name another folder by --output, or delete %s to run it again"
                  .formatted(cell.id(), String.join("; ", differences), folder(cell)));
        }
        results.put(cell, found.get());
      }
    }
    return results;
  }

  private Path folder(Cell cell) {
    return grid.output().resolve("cells").resolve(cell.id());
  }

  /** A stop for one cell, which the signal sets off. */
  private StopRequest stopOfCell() {
    StopRequest request = new StopRequest();
    stop.onRequest(request::request);
    return request;
  }

  private void requireNotStopped(Map<Cell, CellResult> results) {
    if (stop.isRequested()) {
      throw CommandException.interrupted(
          "Stopped with %d of %d cells done; the same command goes on"
              .formatted(results.size(), grid.cells().size()));
    }
  }

  private ExperimentOutcome report(Map<Cell, CellResult> unordered, List<String> failures) {
    Map<Cell, CellResult> results = new LinkedHashMap<>();
    grid.cells()
        .forEach(
            cell -> {
              CellResult result = unordered.get(cell);
              if (result != null) {
                results.put(cell, result);
              }
            });
    return new ExperimentFiles(grid, clock).write(results, List.copyOf(failures));
  }

  private static String readable(CellResult result) {
    Duration duration =
        Duration.ofSeconds(
            Math.round(
                result.measured().trainingSeconds() + result.measured().evaluationSeconds()));
    return "%d:%02d min".formatted(duration.toMinutes(), duration.toSecondsPart());
  }
}
