package io.viewstream.local.demo;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.local.report.DemoReport.Accuracy;
import io.viewstream.trainer.evaluate.Evaluation;
import io.viewstream.trainer.evaluate.EvaluationException;
import io.viewstream.trainer.evaluate.EvaluationResult;
import io.viewstream.trainer.train.Checkpoint;
import io.viewstream.trainer.train.EngineException;
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the features are worth, or why that cannot be said.
 *
 * @param accuracy if the images have labels
 * @param note what to know about it, in a sentence or two
 */
record FeatureTest(Optional<Accuracy> accuracy, String note) {

  private static final String UNSEEN =
      "Training never saw the images that were tested; the probe alone saw labels.";
  private static final String SEEN_WITHOUT_LABELS =
      "The source is not divided into train and test: training saw all images, though no label; the"
          + " probe was tested on a fifth of them that it did not learn from.";

  /**
   * Tests the backbone of a checkpoint.
   *
   * @param checkpoint a file or folder
   * @throws CommandException when the checkpoint cannot be read
   */
  static FeatureTest of(Path checkpoint, DemoImages images) {
    try (TrainingEngine engine = TrainingEngine.start("cpu", 0)) {
      EvaluationResult result =
          Evaluation.DEFAULT.run(
              engine, Checkpoint.read(checkpoint), images.probeTraining(), images.probeTest());
      return new FeatureTest(
          Optional.of(
              new Accuracy(
                  result.linearProbeTop1(),
                  result.knnTop1(),
                  result.chance(),
                  result.classes(),
                  result.trainImages(),
                  result.testImages())),
          images.divided() ? UNSEEN : SEEN_WITHOUT_LABELS);
    } catch (EvaluationException e) {
      // Images without labels are no failure: everything before this needs none.
      return new FeatureTest(Optional.empty(), String.valueOf(e.getMessage()));
    } catch (CheckpointException | EngineException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()), e);
    }
  }
}
