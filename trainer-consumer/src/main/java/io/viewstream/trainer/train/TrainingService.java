package io.viewstream.trainer.train;

import io.viewstream.imaging.NativeImage;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Reason;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.trainer.feed.BatchShape;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.FeedSettings;
import io.viewstream.trainer.feed.MixedBatchFeed;
import io.viewstream.trainer.feed.Rank;
import io.viewstream.trainer.feed.RunManifest;
import io.viewstream.trainer.feed.SettledImages;
import io.viewstream.trainer.feed.ViewPool;
import io.viewstream.trainer.feed.WindowPool;
import io.viewstream.trainer.train.TrainingRequest.Start;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import io.viewstream.trainer.train.checkpoint.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One training from Kafka to a checkpoint: opens pool, manifest, feed and engine, trains, and
 * closes them.
 *
 * <p>The folder of checkpoints also holds the manifest, {@code manifest.jsonl}: settings, engine
 * threads and the horizon of every epoch, each on disk before the first batch that depends on it. A
 * training that goes on reads both; one that is repeated takes settings and horizons from another's
 * manifest into a folder of its own.
 */
public final class TrainingService {

  /** Name of the manifest in the folder of checkpoints. */
  public static final String MANIFEST = "manifest.jsonl";

  private static final Logger logger = LoggerFactory.getLogger(TrainingService.class);

  private final TrainingRequest request;

  /** For one training. */
  public TrainingService(TrainingRequest request) {
    this.request = request;
  }

  /**
   * Trains to the end or until asked to stop. Called once.
   *
   * @param stop when to stop before the end
   * @param listener told of progress, on this thread
   * @throws CommandException if it cannot be done; one line says why
   */
  public TrainingOutcome run(StopRequest stop, TrainingListener listener) {
    try {
      return train(stop, listener);
    } catch (SettingsException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      throw CommandException.interrupted("Stopped before a batch was at hand");
    } catch (FeedException | CheckpointException | EngineException | NonFiniteLossException e) {
      if (stop.isRequested()) {
        throw CommandException.interrupted("Stopped, but not cleanly: " + e.getMessage());
      }
      throw CommandException.failed(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Finds everything that can be wrong with settings, before Kafka or the engine is touched.
   *
   * @throws SettingsException naming the first that cannot be
   */
  public static void requireUsable(SettingValues values) {
    TrainingSettings settings = TrainingSettings.of(values);
    MixingSettings.of(settings);
    ContinuousSettings.requireUsable(settings);
    try {
      new BatchShape(settings.batchSize(), settings.resolution(), settings.resolution());
    } catch (IllegalArgumentException e) {
      throw new SettingsException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Whether a training with such values goes on until it is stopped.
   *
   * @throws SettingsException naming the key that is wrong
   */
  public static boolean isEndless(SettingValues values) {
    return TrainingLength.of(TrainingSettings.of(values)).isEndless();
  }

  private TrainingOutcome train(StopRequest stop, TrainingListener listener)
      throws InterruptedException {
    requireFolder();
    Plan plan = plan();
    requireUsable(plan.values);
    loadDecoder();
    // The engine first: a device that is not there is found before minutes of reading.
    try (TrainingEngine engine =
            TrainingEngine.start(
                request.engine().device(),
                request.engine().threads() != 0 ? request.engine().threads() : plan.engineThreads);
        TrainingPool pool = TrainingPool.open(request, plan.values, plan.windows, listener)) {
      SettingValues values = plan.values;
      if (values.find(SettingKey.VIEWS_FROM).isEmpty()) {
        String runs =
            pool.runs().stream().map(GenerationRun::getRun).collect(Collectors.joining(","));
        values = values.with(SettingKey.VIEWS_FROM, runs, "the only run there is");
      }
      Optional<SettledImages> settled =
          plan.isFresh() ? waitForViews(pool, stop) : Optional.empty();
      TrainingSettings settings = TrainingSettings.of(values);
      FeedSettings feedSettings = MixingSettings.of(settings);
      // The networks first: a manifest is not to be left of a training that could not begin.
      try (Trainer trainer = new Trainer(engine, settings);
          RunManifest manifest = openManifest(values, engine);
          MixedBatchFeed feed =
              new MixedBatchFeed(pool.horizons(), manifest, feedSettings, Rank.SINGLE)) {
        TrainingLoop loop =
            new TrainingLoop(
                settings,
                trainer,
                new CheckpointFolder(request.checkpointFolder()),
                request.checkpointInterval(),
                engine.threads(),
                System::nanoTime);
        if (plan.checkpoint != null) {
          loop.restore(plan.checkpoint);
        }
        loop.endAt(plan.lastStep);
        logger.info(
            "Training {} on {} with {} threads, {} parameters",
            settings.method().text(),
            engine.description(),
            engine.threads(),
            trainer.method().tensors().parameterCount());
        TrainingResult result =
            loop.run(new StoppableFeed(feed, stop), stop::isRequested, pool.listening(listener));
        return new TrainingOutcome(
            result,
            values,
            MixingSettings.requestedFraction(feedSettings.mixing()),
            MixingSettings.achievedFraction(feedSettings.mixing(), result.counts()),
            settled,
            manifest.file(),
            engine.threads(),
            pool.statistics());
      }
    }
  }

  /** Loads the decoder's native library beside the engine's; together they are most of a start. */
  private static void loadDecoder() {
    Thread.ofPlatform()
        .daemon()
        .name("decoder-loading")
        .start(
            () -> {
              try {
                new NativeImage().close();
              } catch (LinkageError e) {
                logger.debug("The decoder is not there; the first to need it says so", e);
              }
            });
  }

  /** Where values come from, and what is taken up. */
  private Plan plan() {
    return switch (request.start()) {
      case Start.Fresh() -> {
        requireNoManifest();
        yield new Plan(
            ContinuousSettings.withDefaults(request.preset().withAll(request.overrides())),
            0,
            null,
            WindowPool.Start.BEGINNING,
            Long.MAX_VALUE);
      }
      case Start.Replay(Path recorded) -> {
        requireNoManifest();
        try (RunManifest manifest = RunManifest.read(recorded)) {
          yield recorded(manifest, null);
        }
      }
      case Start.Resume() -> {
        Path file = manifestFile();
        if (!Files.exists(file)) {
          throw new SettingsException(
              "There is nothing to resume in %s: it has no %s; leave --resume out, or name the folder by --checkpoint-dir"
                  .formatted(request.checkpointFolder(), MANIFEST));
        }
        try (RunManifest manifest = RunManifest.open(file)) {
          yield recorded(
              manifest,
              new CheckpointFolder(request.checkpointFolder())
                  .latest()
                  .map(Checkpoint::read)
                  .orElse(null));
        }
      }
    };
  }

  private Plan recorded(RunManifest manifest, @Nullable Checkpoint checkpoint) {
    ManifestSettings settings = ManifestSettings.of(manifest);
    List<String> differences = settings.values().differences(request.overrides());
    if (!differences.isEmpty()) {
      throw new SettingsException(
          "The training of %s was begun with other settings: %s"
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
              checkpoint == null ? 0 : checkpoint.position().epoch(),
              ContinuousSettings.windows(training, request.reading().windowTimeout()).passes());
      if (request.start() instanceof Start.Replay && training.steps() == 0) {
        // What was never recorded is no replay.
        lastStep = recordedSteps(manifest, training.accumulation());
      }
    }
    return new Plan(values, settings.engineThreads(), checkpoint, windows, lastStep);
  }

  private static long recordedSteps(RunManifest manifest, int accumulation) {
    return manifest.horizons().mapToLong(horizon -> horizon.batches() / accumulation).sum();
  }

  private RunManifest openManifest(SettingValues values, TrainingEngine engine) {
    Path file = manifestFile();
    Map<String, Object> settings =
        new ManifestSettings(values, engine.threads(), engine.description()).toMap();
    try {
      Files.createDirectories(request.checkpointFolder());
    } catch (IOException e) {
      throw new FeedException(
          "Cannot create --checkpoint-dir " + request.checkpointFolder() + ": " + Reason.of(e), e);
    }
    return switch (request.start()) {
      case Start.Fresh() -> RunManifest.create(file, settings);
      case Start.Resume() -> RunManifest.open(file);
      case Start.Replay(Path recorded) -> {
        try (RunManifest other = RunManifest.read(recorded)) {
          yield RunManifest.createReplay(file, settings, other);
        }
      }
    };
  }

  private Optional<SettledImages> waitForViews(TrainingPool opened, StopRequest stop)
      throws InterruptedException {
    if (request.waitForViews().isEmpty()) {
      return Optional.empty();
    }
    if (!(opened instanceof TrainingPool.Epochs(ViewPool pool))) {
      throw new SettingsException(
          "--wait-for-views needs --mode epochs; in continuous mode late views are used from the"
              + " next window on: raise shuffle-buffer to give them time");
    }
    int wanted = request.waitForViews().getAsInt();
    SettledImages settled =
        stop.whileWaiting(() -> pool.waitForViews(wanted, request.waitTimeout()));
    if (settled.settled() < wanted) {
      logger.warn(
          "After {} s {} images of {} have their views or a dead letter; training begins, the"
              + " others fall back to the real image",
          request.waitTimeout().toSeconds(),
          settled.settled(),
          wanted);
    }
    return Optional.of(settled);
  }

  /** Before minutes of reading; the folder itself is made when there is something to put in it. */
  private void requireFolder() {
    for (Path path = request.checkpointFolder().toAbsolutePath();
        path != null;
        path = path.getParent()) {
      if (Files.exists(path)) {
        if (!Files.isDirectory(path) || !Files.isWritable(path)) {
          throw new SettingsException(
              "--checkpoint-dir %s cannot be used: %s is %s; name another folder"
                  .formatted(
                      request.checkpointFolder(),
                      path,
                      Files.isDirectory(path) ? "not writable" : "a file"));
        }
        return;
      }
    }
  }

  private void requireNoManifest() {
    if (Files.exists(manifestFile())) {
      throw new SettingsException(
          "%s holds a training already; go on with it by --resume, or name another folder by --checkpoint-dir"
              .formatted(request.checkpointFolder()));
    }
  }

  private Path manifestFile() {
    return request.checkpointFolder().resolve(MANIFEST);
  }

  /**
   * What is to be done.
   *
   * @param windows where an endless feed begins
   * @param lastStep after which a replay ends, if not before
   */
  private record Plan(
      SettingValues values,
      int engineThreads,
      @Nullable Checkpoint checkpoint,
      WindowPool.Start windows,
      long lastStep) {
    boolean isFresh() {
      return engineThreads == 0;
    }
  }
}
