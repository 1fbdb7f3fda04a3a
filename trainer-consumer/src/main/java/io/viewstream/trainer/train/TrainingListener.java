package io.viewstream.trainer.train;

import io.viewstream.trainer.feed.StreamStatistics;
import java.nio.file.Path;

/** What a training tells while it runs, on its own thread; must not block. */
public interface TrainingListener {

  /** Hears nothing. */
  TrainingListener NONE = new TrainingListener() {};

  /**
   * More was read from Kafka.
   *
   * @param done offsets read since this reading began
   * @param total offsets to be read
   */
  default void onFill(long done, long total) {}

  /**
   * A step is done.
   *
   * @param position after it
   * @param totalSteps steps that the schedule spans
   * @param loss of the step
   */
  default void onStep(TrainingPosition position, long totalSteps, float loss) {}

  /** Nothing to train on has come for a while; the line says what is waited for. */
  default void onStall(String line) {}

  /**
   * How a feed without end stands; told before each {@link #onStep}.
   *
   * @param position after the step
   */
  default void onStream(TrainingPosition position, StreamStatistics statistics) {}

  /** A checkpoint is on the disk. */
  default void onCheckpoint(Path file) {}
}
