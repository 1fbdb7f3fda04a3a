package io.viewstream.local.bench;

import io.viewstream.trainer.feed.BatchFeed;
import io.viewstream.trainer.feed.BatchShape;
import io.viewstream.trainer.train.Trainer;
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.TrainingListener;
import io.viewstream.trainer.train.TrainingLoop;
import io.viewstream.trainer.train.TrainingRequest;
import io.viewstream.trainer.train.TrainingResult;
import io.viewstream.trainer.train.TrainingSettings;
import io.viewstream.trainer.train.checkpoint.CheckpointFolder;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The training loop for a while, with a feed or on one batch that is always there. */
final class TrainingRounds {

  private final TrainingSettings settings;

  TrainingRounds(TrainingSettings settings) {
    this.settings = settings;
  }

  /** A round, and the processor time of the whole process while it ran. */
  record Round(TrainingResult result, double cpuSeconds) {

    Measurement measured(String name) {
      return new Measurement(
          name, "images", result.imagesTrained(), 0, result.duration().toNanos() / 1e9, cpuSeconds);
    }
  }

  /** As {@code train} does it: with the feed, with checkpoints. */
  Round loop(TrainingEngine engine, BatchFeed feed, CheckpointFolder checkpoints, double seconds)
      throws InterruptedException {
    return run(engine, feed, checkpoints, seconds);
  }

  /** The same steps on one batch of noise. */
  Round steps(TrainingEngine engine, double seconds) throws InterruptedException {
    BatchShape shape =
        new BatchShape(settings.batchSize(), settings.resolution(), settings.resolution());
    try (BatchFeed still = new StillFeed(shape)) {
      return run(engine, still, null, seconds);
    }
  }

  private Round run(
      TrainingEngine engine, BatchFeed feed, @Nullable CheckpointFolder checkpoints, double seconds)
      throws InterruptedException {
    try (Trainer trainer = new Trainer(engine, settings)) {
      TrainingLoop loop =
          new TrainingLoop(
              settings,
              trainer,
              checkpoints,
              TrainingRequest.DEFAULT_CHECKPOINT_INTERVAL,
              engine.threads(),
              System::nanoTime);
      Stopwatch watch = new Stopwatch();
      AtomicBoolean interrupted = new AtomicBoolean();
      TrainingResult result =
          loop.run(
              feed,
              () -> {
                // Taken between two steps: it would close the file of the checkpoint at the end.
                interrupted.compareAndSet(false, Thread.interrupted());
                return interrupted.get() || watch.seconds() >= seconds;
              },
              TrainingListener.NONE);
      if (interrupted.get()) {
        throw new InterruptedException("asked to stop");
      }
      return new Round(result, watch.cpuSeconds());
    }
  }
}
