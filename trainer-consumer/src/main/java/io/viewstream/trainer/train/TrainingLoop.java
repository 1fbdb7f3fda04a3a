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

  private final TrainingSettings settings;
  private final Trainer trainer;
  private final @Nullable CheckpointFolder folder;
  private final Duration checkpointInterval;
  private final int engineThreads;
  private final LongSupplier nanoTime;
  private final TrainingLength length;

  private TrainingPosition position = TrainingPosition.START;
  private EpochCounts counts = EpochCounts.NONE;
  private final List<Float> losses = new ArrayList<>();
  private Optional<Path> saved = Optional.empty();
  private long savedNanos;
  private long imagesTrained;

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
    this.length = new TrainingLength(settings.epochs(), settings.steps(), settings.accumulation());
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

  /**
   * Trains to the end, or until asked to stop.
   *
   * @param feed borrowed; its batches have the settings' size and resolution
   * @param stop asked after every step
   * @param listener told of steps and checkpoints
   * @throws InterruptedException if the thread is interrupted while it waits for a batch
   */
  public TrainingResult run(BatchFeed feed, BooleanSupplier stop, TrainingListener listener)
      throws InterruptedException {
    long start = nanoTime.getAsLong();
    savedNanos = start;
    while (!length.isOver(position) && !stop.getAsBoolean()) {
      try (EpochFeed epoch = feed.openEpoch(position.epoch(), position.nextBatch())) {
        runEpoch(epoch, stop, listener);
        counts =
            counts.plus(
                new EpochCounts(
                    0, SlotCounts.NONE, SlotCounts.NONE, epoch.counts().replacedImages()));
      }
      save(listener);
    }
    return new TrainingResult(
        position,
        List.copyOf(losses),
        counts,
        imagesTrained,
        Duration.ofNanos(nanoTime.getAsLong() - start),
        !length.isOver(position),
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
    while (!length.isOver(position) && !stop.getAsBoolean()) {
      if (position.nextBatch() + settings.accumulation() > epoch.batchCount()) {
        // Batches that do not fill a step are left out, as images are that do not fill a batch.
        position = position.afterEpoch();
        return;
      }
      losses.add(step(epoch, schedule, length.scheduled(position, steps)));
      position = position.afterStep(settings.accumulation());
      listener.onStep(position, schedule.totalSteps(), losses.getLast());
      if (nanoTime.getAsLong() - savedNanos >= checkpointInterval.toNanos()) {
        save(listener);
      }
    }
  }

  /** One step over as many batches as are accumulated; their mean loss. */
  private float step(EpochFeed epoch, WarmupCosineSchedule schedule, long step)
      throws InterruptedException {
    double sum = 0;
    for (int i = 0; i < settings.accumulation(); i++) {
      try (MixedBatch batch = Objects.requireNonNull(epoch.next(), "The epoch ended too soon")) {
        sum += trainer.accumulate(batch, schedule, step);
        counts = counts.plus(batch, 0);
        imagesTrained += batch.batchSize();
      }
    }
    trainer.update(schedule, step);
    return (float) (sum / settings.accumulation());
  }

  private void save(TrainingListener listener) {
    if (folder == null) {
      return;
    }
    Checkpoint checkpoint =
        new Checkpoint(
            settings.values(), position, counts, engineThreads, losses, trainer.tensors());
    Path file = folder.save(position.step(), checkpoint.toFile());
    saved = Optional.of(file);
    savedNanos = nanoTime.getAsLong();
    listener.onCheckpoint(file);
  }
}
