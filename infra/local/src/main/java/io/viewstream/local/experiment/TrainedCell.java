package io.viewstream.local.experiment;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.Split;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.local.experiment.CellResult.Measured;
import io.viewstream.trainer.evaluate.Evaluation;
import io.viewstream.trainer.evaluate.EvaluationException;
import io.viewstream.trainer.evaluate.EvaluationResult;
import io.viewstream.trainer.feed.ViewPoolSettings;
import io.viewstream.trainer.train.Checkpoint;
import io.viewstream.trainer.train.EngineException;
import io.viewstream.trainer.train.SettingKey;
import io.viewstream.trainer.train.StopRequest;
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.TrainingOutcome;
import io.viewstream.trainer.train.TrainingProgress;
import io.viewstream.trainer.train.TrainingRequest;
import io.viewstream.trainer.train.TrainingRequest.Cache;
import io.viewstream.trainer.train.TrainingRequest.Start;
import io.viewstream.trainer.train.TrainingService;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * Trains a cell by the class behind {@code viewstream train}, then measures its last checkpoint by
 * the one behind {@code viewstream evaluate}. A training that has a manifest already goes on from
 * its checkpoint; all cells share one cache of what was read from Kafka.
 */
final class TrainedCell implements CellRunner {

  private static final String TRAINING = "training";

  private final ConnectionSettings connection;
  private final Grid grid;
  private final Path cache;

  TrainedCell(ConnectionSettings connection, Grid grid, Path cache) {
    this.connection = connection;
    this.grid = grid;
    this.cache = cache;
  }

  @Override
  public CellResult run(Cell cell, Path folder, StopRequest stop) {
    TrainingOutcome outcome = train(cell, folder.resolve(TRAINING), stop);
    if (outcome.result().interrupted() || stop.isRequested()) {
      throw CommandException.interrupted(
          "Stopped after step " + outcome.result().position().step());
    }
    long start = System.nanoTime();
    EvaluationResult evaluation = evaluate(folder.resolve(TRAINING), outcome.engineThreads());
    List<Float> losses = outcome.result().losses();
    return new CellResult(
        cell.values().plain(),
        grid.probe(),
        new Measured(
            evaluation.linearProbeTop1(),
            evaluation.knnTop1(),
            evaluation.chance(),
            outcome.syntheticFractionRequested(),
            outcome.syntheticFractionAchieved(),
            outcome.result().position().step(),
            losses.getFirst(),
            losses.getLast(),
            outcome.result().duration().toNanos() / 1e9,
            (System.nanoTime() - start) / 1e9,
            outcome.settings().find(SettingKey.VIEWS_FROM).orElse("")));
  }

  private TrainingOutcome train(Cell cell, Path folder, StopRequest stop) {
    Start start =
        Files.exists(folder.resolve(TrainingService.MANIFEST))
            ? new Start.Resume()
            : new Start.Fresh();
    TrainingRequest request =
        new TrainingRequest(
            connection,
            cell.preset(),
            // All values, so that a preset that has changed is noticed when a training goes on.
            cell.values(),
            start,
            folder,
            new Cache(cache, ViewPoolSettings.DEFAULT_CACHE_BYTES),
            grid.waitForViews(),
            TrainingRequest.DEFAULT_WAIT_TIMEOUT,
            grid.engine(),
            TrainingRequest.DEFAULT_CHECKPOINT_INTERVAL);
    try (TrainingProgress progress = new TrainingProgress()) {
      return new TrainingService(request).run(stop, progress);
    }
  }

  private EvaluationResult evaluate(Path folder, int threads) {
    try (TrainingEngine engine = TrainingEngine.start(grid.engine().device(), threads)) {
      return Evaluation.DEFAULT.run(
          engine,
          Checkpoint.read(folder),
          source(grid.probe().train(), Split.TRAIN, grid.probe().trainLimit()),
          source(grid.probe().test(), Split.TEST, grid.probe().testLimit()));
    } catch (EvaluationException | CheckpointException | EngineException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()), e);
    }
  }

  private static ImageSource source(String location, Split split, OptionalLong limit) {
    SourceOptions options = SourceOptions.DEFAULT;
    return Evaluation.source(
        location, split, limit.isPresent() ? options.withLimit(limit.getAsLong()) : options);
  }
}
