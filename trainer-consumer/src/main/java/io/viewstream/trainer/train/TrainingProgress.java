package io.viewstream.trainer.train;

import io.viewstream.kafka.command.Progress;
import io.viewstream.trainer.feed.StreamStatistics;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Shows a training on standard error: first what is read from Kafka, then the steps with their
 * loss.
 */
public final class TrainingProgress implements TrainingListener, AutoCloseable {

  private @Nullable Progress filling;
  private @Nullable Progress training;
  // What a feed without end adds to the line.
  private String stream = "";

  /** Shows nothing until it is told something. */
  public TrainingProgress() {}

  @Override
  public void onFill(long done, long total) {
    if (training != null || total == 0) {
      return;
    }
    if (filling == null) {
      filling = Progress.start("read", OptionalLong.of(total), "offsets");
    }
    filling.update(done, "");
  }

  @Override
  public void onStall(String line) {
    System.err.println(line);
  }

  @Override
  public void onStream(TrainingPosition position, StreamStatistics statistics) {
    stream =
        String.format(
            Locale.ROOT,
            ", window %d, lag %d, age %.1f s, late views %.0f %%",
            position.epoch(),
            statistics.lagRecords(),
            statistics.meanAgeSeconds(),
            100 * statistics.lateViewFraction());
  }

  @Override
  public void onStep(TrainingPosition position, long totalSteps, float loss) {
    if (training == null) {
      closeFilling();
      training =
          Progress.start(
              "train",
              totalSteps == TrainingLength.ENDLESS
                  ? OptionalLong.empty()
                  : OptionalLong.of(totalSteps),
              "steps");
    }
    training.update(position.step(), String.format(Locale.ROOT, "loss %.4f%s", loss, stream));
  }

  private void closeFilling() {
    if (filling != null) {
      filling.close();
      filling = null;
    }
  }

  @Override
  public void close() {
    closeFilling();
    if (training != null) {
      training.close();
      training = null;
    }
  }
}
