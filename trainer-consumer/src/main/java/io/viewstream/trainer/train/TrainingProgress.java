package io.viewstream.trainer.train;

import io.viewstream.kafka.command.Progress;
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
  public void onStep(TrainingPosition position, long totalSteps, float loss) {
    if (training == null) {
      closeFilling();
      training = Progress.start("train", OptionalLong.of(totalSteps), "steps");
    }
    training.update(position.step(), String.format(Locale.ROOT, "loss %.4f", loss));
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
