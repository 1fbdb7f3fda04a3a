package io.viewstream.trainer.train;

import io.viewstream.trainer.feed.RunManifest;
import io.viewstream.trainer.feed.WindowPool;
import io.viewstream.trainer.train.TrainingRequest.Start;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the values of a training come from, and what is taken up.
 *
 * @param values of the training
 * @param engineThreads as recorded, or 0 for a training from nothing
 * @param taken the checkpoint that it goes on from, if there is one
 * @param windows where an endless feed begins
 * @param lastStep after which a replay ends, if not before
 */
record TrainingPlan(
    SettingValues values,
    int engineThreads,
    Optional<Taken> taken,
    WindowPool.Start windows,
    long lastStep) {

  /**
   * A checkpoint and its file.
   *
   * @param file it was read from
   * @param checkpoint what it holds
   */
  record Taken(Path file, Checkpoint checkpoint) {}

  /**
   * What a request asks for.
   *
   * @throws SettingsException if there is nothing to go on with, a training where none may be, or
   *     one with other settings
   */
  static TrainingPlan of(TrainingRequest request, TrainingFolder folder) {
    return switch (request.start()) {
      case Start.Fresh() -> {
        folder.requireUnused();
        SettingValues values = request.preset().withAll(request.overrides());
        if (MixingSettings.hasNoRun(values)) {
          throw new SettingsException(
              "views-from is empty; name a run, or leave --views-from out to take the only one there is");
        }
        yield new TrainingPlan(
            ContinuousSettings.withDefaults(values),
            0,
            Optional.empty(),
            WindowPool.Start.BEGINNING,
            Long.MAX_VALUE);
      }
      case Start.Replay(Path recorded) -> {
        folder.requireUnused();
        try (RunManifest manifest = RunManifest.read(recorded)) {
          yield recorded(request, manifest, null);
        }
      }
      case Start.Resume() -> {
        folder.requireUsed();
        try (RunManifest manifest = RunManifest.open(folder.manifest())) {
          yield recorded(
              request,
              manifest,
              folder
                  .checkpoints()
                  .latest()
                  .map(file -> new Taken(file, Checkpoint.read(file)))
                  .orElse(null));
        }
      }
    };
  }

  private static TrainingPlan recorded(
      TrainingRequest request, RunManifest manifest, @Nullable Taken taken) {
    ManifestSettings settings = ManifestSettings.of(manifest);
    List<String> differences = settings.values().differences(request.overrides());
    if (!differences.isEmpty()) {
      throw new SettingsException(
          "The training of %s was begun with other settings: %s; leave these options out, or begin another training"
              .formatted(manifest.file(), String.join("; ", differences)));
    }
    SettingValues values = settings.values();
    WindowPool.Start windows = WindowPool.Start.BEGINNING;
    long lastStep = Long.MAX_VALUE;
    if (ContinuousSettings.isContinuous(values)) {
      TrainingSettings training = TrainingSettings.of(values);
      windows =
          WindowPool.Start.at(
              manifest,
              taken == null ? 0 : taken.checkpoint().position().epoch(),
              ContinuousSettings.windows(training, request.reading().windowTimeout()).passes());
      if (request.start() instanceof Start.Replay && training.steps() == 0) {
        // What was never recorded is no replay.
        lastStep = recordedSteps(manifest, training.accumulation());
      }
    }
    return new TrainingPlan(
        values, settings.engineThreads(), Optional.ofNullable(taken), windows, lastStep);
  }

  private static long recordedSteps(RunManifest manifest, int accumulation) {
    return manifest.horizons().mapToLong(horizon -> horizon.batches() / accumulation).sum();
  }

  /** Whether the training begins from nothing, with settings of its own. */
  boolean isFresh() {
    return engineThreads == 0;
  }

  /** The checkpoint of a training that has nothing left to do, if it is one. */
  Optional<Taken> completed() {
    TrainingLength length = TrainingLength.of(TrainingSettings.of(values));
    return taken.filter(last -> length.isOver(last.checkpoint().position()));
  }
}
