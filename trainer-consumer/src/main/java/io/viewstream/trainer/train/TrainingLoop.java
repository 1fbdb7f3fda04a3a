package io.viewstream.trainer.train;

import io.viewstream.trainer.feed.BatchFeed;
import io.viewstream.trainer.feed.EpochCounts;
import io.viewstream.trainer.feed.EpochFeed;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.MixedBatch;
import io.viewstream.trainer.feed.SlotCounts;
import io.viewstream.trainer.ssl.optimizer.WarmupCosineSchedule;
import io.viewstream.trainer.train.checkpoint.CheckpointFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the epochs of a feed, step by step. A checkpoint is saved at the end of every epoch,
 * whenever the interval has passed, and when asked to stop; since all that a step depends on is in
 * it, it does not matter at which step that happens. One thread runs a loop, once.
 */
public final class TrainingLoop {

  /** Losses that a training without epochs keeps at most: the last ones. */
  static final int MAX_LOSSES = 100_000;

  private final TrainingSettings settings;
  private final Trainer trainer;
  private final @Nullable CheckpointFolder folder;
  private final Duration checkpointInterval;
  private final int engineThreads;
  private final LongSupplier nanoTime;
  private final TrainingLength length;
  private final boolean continuous;

  private TrainingPosition position = TrainingPosition.START;
  private EpochCounts counts = EpochCounts.NONE;
  private final List<Float> losses = new ArrayList<>();
  private Optional<Path> saved = Optional.empty();
  private long savedNanos;
  private long imagesTrained;
  private long lastStep = Long.MAX_VALUE;
  private StepTimer timer;

  /**
   * A training from the start.
   *
   * @param settings of the training
   * @param trainer borrowed, made from the same settings
   * @param folder for checkpoints, or null for none
   * @param checkpointInterval how much work a crash may cost
   * @param engineThreads recorded in checkpoints
   * @param nanoTime the clock
   */
  public TrainingLoop(
      TrainingSettings settings,
      Trainer trainer,
      @Nullable CheckpointFolder folder,
      Duration checkpointInterval,
      int engineThreads,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.trainer = trainer;
    this.folder = folder;
    this.checkpointInterval = checkpointInterval;
    this.engineThreads = engineThreads;
    this.nanoTime = nanoTime;
    this.length = TrainingLength.of(settings);
    this.continuous = ContinuousSettings.isContinuous(settings.values());
    this.timer = new StepTimer(nanoTime);
  }

  /**
   * Takes up a training where a checkpoint left it.
   *
   * @throws SettingsException if it was made with other settings
   */
  public void restore(Checkpoint checkpoint) {
    List<String> differences = checkpoint.settings().differences(settings.values());
    if (!differences.isEmpty()) {
      throw new SettingsException(
          "The checkpoint was made with other settings: " + String.join("; ", differences));
    }
    trainer.restore(checkpoint.tensors());
    position = checkpoint.position();
    counts = checkpoint.counts();
    losses.clear();
    losses.addAll(checkpoint.losses());
  }

  /** Ends at a step, if not before; the schedules do not know. */
  void endAt(long step) {
    lastStep = step;
  }

  /** Steps done, those before a restored checkpoint included. */
  long steps() {
    return position.step();
  }

  private boolean isOver() {
    return length.isOver(position) || position.step() >= lastStep;
  }

  /**
   * Trains to the end, or until asked to stop. A training without epochs keeps the checkpoints'
   * interval, whatever its windows, and saves one more when it ends.
   *
   * @param feed borrowed; its batches have the settings' size and resolution
   * @param stop asked after every step
   * @param listener told of steps and checkpoints
   * @throws InterruptedException if the thread is interrupted while it waits for a batch
   */
  public TrainingResult run(BatchFeed feed, BooleanSupplier stop, TrainingListener listener)
      throws InterruptedException {
    timer = new StepTimer(nanoTime);
    savedNanos = nanoTime.getAsLong();
    while (!isOver() && !stop.getAsBoolean()) {
      try (EpochFeed epoch = open(feed, stop)) {
        if (epoch == null) {
          break;
        }
        runEpoch(epoch, stop, listener);
        counts =
            counts.plus(
                new EpochCounts(
                    0, SlotCounts.NONE, SlotCounts.NONE, epoch.counts().replacedImages()));
      }
      if (!continuous) {
        save(listener);
      }
    }
    if (continuous) {
      save(listener);
    }
    return new TrainingResult(
        position,
        List.copyOf(losses),
        counts,
        imagesTrained,
        timer.times(),
        !isOver() && !length.isEndless(),
        saved);
  }

  private void runEpoch(EpochFeed epoch, BooleanSupplier stop, TrainingListener listener)
      throws InterruptedException {
    int steps = length.stepsOf(epoch.batchCount());
    if (steps == 0) {
      throw new FeedException(
          "Epoch %d has %d batches, fewer than the %d of one step; lower accumulation or --batch-size"
              .formatted(epoch.epoch(), epoch.batchCount(), settings.accumulation()));
    }
    position = position.withStepsPerEpoch(steps);
    WarmupCosineSchedule schedule = trainer.schedule(length.total(position.stepsPerEpoch()));
    while (!isOver() && !stop.getAsBoolean()) {
      if (position.nextBatch() + settings.accumulation() > epoch.batchCount()) {
        // Batches that do not fill a step are left out, as images are that do not fill a batch.
        position = position.afterEpoch();
        return;
      }
      keepLoss(step(epoch, schedule, length.scheduled(position, steps)));
      position = position.afterStep(settings.accumulation());
      listener.onStep(position, schedule.totalSteps(), losses.getLast());
      if (nanoTime.getAsLong() - savedNanos >= checkpointInterval.toNanos()) {
        save(listener);
      }
    }
  }

  /** The next epoch, or null when a feed without end was asked to stop while it waited. */
  private @Nullable EpochFeed open(BatchFeed feed, BooleanSupplier stop)
      throws InterruptedException {
    timer.enter(StepPart.FEED);
    try {
      return feed.openEpoch(position.epoch(), position.nextBatch());
    } catch (InterruptedException | FeedException e) {
      // The interrupt may also hit the writing of the horizon, which ends the manifest, not more.
      if (continuous && stop.getAsBoolean()) {
        return null;
      }
      throw e;
    } finally {
      timer.enter(StepPart.BOOKKEEPING);
    }
  }

  private void keepLoss(float loss) {
    if (continuous && losses.size() >= MAX_LOSSES) {
      losses.subList(0, MAX_LOSSES / 2).clear();
    }
    losses.add(loss);
  }

  /** One step over as many batches as are accumulated; their mean loss. */
  private float step(EpochFeed epoch, WarmupCosineSchedule schedule, long step)
      throws InterruptedException {
    double sum = 0;
    for (int i = 0; i < settings.accumulation(); i++) {
      timer.enter(StepPart.FEED);
      try (MixedBatch batch = Objects.requireNonNull(epoch.next(), "The epoch ended too soon")) {
        sum += trainer.accumulate(batch, schedule, step, timer);
        timer.enter(StepPart.BOOKKEEPING);
        counts = counts.plus(batch, 0);
        imagesTrained += batch.batchSize();
      }
    }
    timer.enter(StepPart.ENGINE);
    trainer.update(schedule, step);
    timer.enter(StepPart.BOOKKEEPING);
    return (float) (sum / settings.accumulation());
  }

  private void save(TrainingListener listener) {
    if (folder == null) {
      return;
    }
    timer.enter(StepPart.CHECKPOINT);
    Checkpoint checkpoint =
        new Checkpoint(
            settings.values(), position, counts, engineThreads, losses, trainer.tensors());
    Path file = folder.save(position.step(), checkpoint.toFile());
    saved = Optional.of(file);
    savedNanos = nanoTime.getAsLong();
    timer.enter(StepPart.BOOKKEEPING);
    listener.onCheckpoint(file);
  }
}
