package io.viewstream.trainer.train;

import io.viewstream.imaging.NativeImage;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.trainer.feed.BatchShape;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.MixedBatchFeed;
import io.viewstream.trainer.feed.MixingRule;
import io.viewstream.trainer.feed.Rank;
import io.viewstream.trainer.feed.RunManifest;
import io.viewstream.trainer.feed.SettledImages;
import io.viewstream.trainer.feed.StreamStatistics;
import io.viewstream.trainer.feed.ViewPool;
import io.viewstream.trainer.train.TrainingRequest.Start;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One training from Kafka to a checkpoint: opens pool, manifest, feed and engine, trains, and
 * closes them.
 *
 * <p>The folder of checkpoints also holds the manifest, {@code manifest.jsonl}: settings, engine
 * threads and the horizon of every epoch, each on disk before the first batch that depends on it. A
 * training that goes on reads both; one that is repeated takes settings and horizons from another's
 * manifest into a folder of its own. One that fails before its first step leaves no manifest, and
 * one that was killed before its first horizon leaves one that binds nobody.
 */
public final class TrainingService {

  /** Name of the manifest in the folder of checkpoints. */
  public static final String MANIFEST = "manifest.jsonl";

  private static final Logger logger = LoggerFactory.getLogger(TrainingService.class);

  private final TrainingRequest request;
  private final TrainingFolder folder;

  /** For one training. */
  public TrainingService(TrainingRequest request) {
    this.request = request;
    this.folder = new TrainingFolder(request.checkpointFolder());
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
    folder.requireUsable();
    TrainingPlan plan = TrainingPlan.of(request, folder);
    requireUsable(plan.values());
    TrainingEngine.requireDeviceName(request.engine().device());
    if (plan.completed().isPresent()) {
      return outcome(plan, plan.completed().get());
    }
    loadDecoder();
    // The engine first: a device that is not there is found before minutes of reading.
    try (TrainingEngine engine =
            TrainingEngine.start(
                request.engine().device(),
                request.engine().threads() != 0
                    ? request.engine().threads()
                    : plan.engineThreads());
        TrainingPool pool = TrainingPool.open(request, plan.values(), plan.windows(), listener)) {
      SettingValues values = withRuns(plan.values(), pool);
      Optional<SettledImages> settled =
          plan.isFresh() ? waitForViews(pool, stop) : Optional.empty();
      TrainingSettings settings = TrainingSettings.of(values);
      // The networks first: a manifest is not to be left of a training that could not begin.
      try (Trainer trainer = new Trainer(engine, settings)) {
        TrainingLoop loop =
            new TrainingLoop(
                settings,
                trainer,
                folder.checkpoints(),
                request.checkpointInterval(),
                engine.threads(),
                System::nanoTime);
        plan.taken().ifPresent(last -> loop.restore(last.checkpoint()));
        loop.endAt(plan.lastStep());
        logger.info(
            "Training {} on {} with {} threads, {} parameters",
            settings.method().text(),
            engine.description(),
            engine.threads(),
            trainer.method().tensors().parameterCount());
        TrainingResult result =
            run(
                loop,
                pool,
                settings,
                new ManifestSettings(values, engine.threads(), engine.description()),
                stop,
                listener);
        return outcome(result, values, engine.threads(), settled, pool.statistics());
      }
    }
  }

  private TrainingResult run(
      TrainingLoop loop,
      TrainingPool pool,
      TrainingSettings settings,
      ManifestSettings recorded,
      StopRequest stop,
      TrainingListener listener)
      throws InterruptedException {
    try (RunManifest manifest = folder.openManifest(request.start(), recorded.toMap())) {
      try (MixedBatchFeed feed =
          new MixedBatchFeed(pool.horizons(), manifest, MixingSettings.of(settings), Rank.SINGLE)) {
        return loop.run(new StoppableFeed(feed, stop), stop::isRequested, pool.listening(listener));
      } catch (RuntimeException | Error e) {
        if (!(request.start() instanceof Start.Resume) && loop.steps() == 0) {
          folder.forgetManifest();
        }
        throw e;
      }
    }
  }

  /** The values with the runs that the pool has found, where none are named. */
  private static SettingValues withRuns(SettingValues values, TrainingPool pool) {
    boolean draws = MixingSettings.drawsViews(values);
    if (draws && pool.runs().isEmpty()) {
      logger.warn(
          "There was no run of the generation stage when this training began, so all its views are"
              + " real images to its end; for others start `viewstream augment`, then a training in"
              + " another --checkpoint-dir");
    }
    if (values.find(SettingKey.VIEWS_FROM).isPresent()) {
      return values;
    }
    List<String> runs = pool.runs().stream().map(GenerationRun::getRun).toList();
    return values.with(
        SettingKey.VIEWS_FROM,
        String.join(",", runs),
        !draws
            ? "no view is drawn"
            : runs.isEmpty() ? "there was no run yet" : "the only run there is");
  }

  /** Of a training that was complete before: what its last checkpoint says. */
  private TrainingOutcome outcome(TrainingPlan plan, TrainingPlan.Taken last) {
    Checkpoint checkpoint = last.checkpoint();
    return outcome(
        new TrainingResult(
            checkpoint.position(),
            checkpoint.losses(),
            checkpoint.counts(),
            0,
            new StepTimes(Map.of()),
            false,
            Optional.of(last.file())),
        plan.values(),
        plan.engineThreads(),
        Optional.empty(),
        Optional.empty());
  }

  private TrainingOutcome outcome(
      TrainingResult result,
      SettingValues values,
      int engineThreads,
      Optional<SettledImages> settled,
      Optional<StreamStatistics> stream) {
    MixingRule mixing = MixingSettings.of(TrainingSettings.of(values)).mixing();
    return new TrainingOutcome(
        result,
        values,
        MixingSettings.requestedFraction(mixing),
        MixingSettings.achievedFraction(mixing, result.counts()),
        settled,
        folder.manifest(),
        engineThreads,
        stream);
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
}
