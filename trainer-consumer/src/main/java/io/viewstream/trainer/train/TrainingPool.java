package io.viewstream.trainer.train;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.trainer.feed.HorizonPool;
import io.viewstream.trainer.feed.StreamStatistics;
import io.viewstream.trainer.feed.ViewPool;
import io.viewstream.trainer.feed.ViewPoolSettings;
import io.viewstream.trainer.feed.WindowPool;
import io.viewstream.trainer.train.TrainingRequest.Reading;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The pool of a training, whichever its mode is. One thread uses it. */
sealed interface TrainingPool extends AutoCloseable {

  /** What the feed sees of it. */
  HorizonPool horizons();

  /** The runs whose views count. */
  List<GenerationRun> runs();

  /** The listener, with what this pool adds to each step. */
  TrainingListener listening(TrainingListener listener);

  /** How the feed stands, if it has no end. */
  Optional<StreamStatistics> statistics();

  @Override
  void close();

  /** The settings of either pool. */
  static ViewPoolSettings settings(TrainingRequest request, SettingValues values) {
    Reading reading = request.reading();
    return ViewPoolSettings.of(request.connection(), request.cache().folder())
        .withCacheBytes(request.cache().sizeBytes())
        .withViewsFrom(MixingSettings.viewsFrom(values))
        // Who waits for views means those of a run.
        .withRealOnly(
            MixingSettings.hasNoRun(values)
                || !MixingSettings.drawsViews(values) && request.waitForViews().isEmpty())
        .withAllowRetention(reading.allowRetention());
  }

  /**
   * Opens the pool that the values ask for.
   *
   * @param start where an endless feed begins; without effect on the other mode
   * @throws CommandException if the topics or runs are not as they must be
   */
  static TrainingPool open(
      TrainingRequest request,
      SettingValues values,
      WindowPool.Start start,
      TrainingListener listener) {
    ViewPoolSettings settings = settings(request, values);
    return ContinuousSettings.isContinuous(values)
        ? new Windows(
            WindowPool.open(
                settings,
                ContinuousSettings.windows(
                    TrainingSettings.of(values), request.reading().windowTimeout()),
                start,
                listener::onStall))
        : new Epochs(ViewPool.open(settings, listener::onFill));
  }

  /** A pool that is filled before each epoch. */
  record Epochs(ViewPool pool) implements TrainingPool {

    @Override
    public HorizonPool horizons() {
      return pool;
    }

    @Override
    public List<GenerationRun> runs() {
      return pool.runs();
    }

    @Override
    public TrainingListener listening(TrainingListener listener) {
      return listener;
    }

    @Override
    public Optional<StreamStatistics> statistics() {
      return Optional.empty();
    }

    @Override
    public void close() {
      pool.close();
    }
  }

  /** A pool of windows. */
  record Windows(WindowPool pool, StreamMetrics metrics) implements TrainingPool {

    Windows(WindowPool pool) {
      this(pool, new StreamMetrics(pool::statistics));
    }

    @Override
    public HorizonPool horizons() {
      return pool;
    }

    @Override
    public List<GenerationRun> runs() {
      return pool.runs();
    }

    @Override
    public TrainingListener listening(TrainingListener listener) {
      return new TrainingListener() {
        @Override
        public void onStep(TrainingPosition position, long totalSteps, float loss) {
          pool.noteBatch();
          listener.onStream(position, pool.statistics());
          listener.onStep(position, totalSteps, loss);
        }

        @Override
        public void onCheckpoint(Path file) {
          listener.onCheckpoint(file);
        }
      };
    }

    @Override
    public Optional<StreamStatistics> statistics() {
      return Optional.of(pool.statistics());
    }

    @Override
    public void close() {
      try (metrics) {
        pool.close();
      }
    }
  }
}
