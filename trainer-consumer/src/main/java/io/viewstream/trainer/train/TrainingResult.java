package io.viewstream.trainer.train;

import io.viewstream.trainer.feed.EpochCounts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What came of a training.
 *
 * @param position how far it is
 * @param losses of all steps, those before a resumption included
 * @param counts what went into the batches, those before a resumption included
 * @param imagesTrained by this process: steps times batch size
 * @param times where the time of this process's steps went, waiting for batches included
 * @param interrupted whether it was asked to stop before its end
 * @param checkpoint the last one, if there is a folder for them
 */
public record TrainingResult(
    TrainingPosition position,
    List<Float> losses,
    EpochCounts counts,
    long imagesTrained,
    StepTimes times,
    boolean interrupted,
    Optional<Path> checkpoint) {

  /** From the beginning to the end of this process's steps. */
  public Duration duration() {
    return times.total();
  }

  /** Images per second, two views each. */
  public double imagesPerSecond() {
    return imagesTrained == 0 ? 0 : imagesTrained / (duration().toNanos() / 1e9);
  }
}
