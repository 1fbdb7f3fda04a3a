package io.viewstream.trainer.evaluate;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.Split;
import io.viewstream.kafka.command.Reason;
import io.viewstream.trainer.train.Checkpoint;
import io.viewstream.trainer.train.TrainingEngine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Measures the backbone of a checkpoint on labelled images.
 *
 * <pre>{@code
 * EvaluationResult result =
 *     Evaluation.DEFAULT
 *         .run(engine, Checkpoint.read(folder), trainImages, testImages);
 * }</pre>
 *
 * @param probe how the linear classifier is learned
 * @param neighbours how neighbours vote
 */
public record Evaluation(Probe probe, NearestNeighbours neighbours) {

  /** With the usual settings. */
  public static final Evaluation DEFAULT =
      new Evaluation(LinearProbe.DEFAULT, NearestNeighbours.DEFAULT);

  /**
   * Measures.
   *
   * @param engine borrowed
   * @param checkpoint whose backbone is meant
   * @param train images to learn from, with labels
   * @param test images to be tested on, with labels
   * @throws EvaluationException if a source cannot be read or lacks labels, or the test images have
   *     a class that the training images lack
   */
  public EvaluationResult run(
      TrainingEngine engine, Checkpoint checkpoint, ImageSource train, ImageSource test) {
    return run(engine, checkpoint, train, test, epochs -> {});
  }

  /**
   * The same, telling how far the probe is.
   *
   * @param epochsDone is told, after each of the probe's epochs, how many are done; not by every
   *     probe
   */
  public EvaluationResult run(
      TrainingEngine engine,
      Checkpoint checkpoint,
      ImageSource train,
      ImageSource test,
      IntConsumer epochsDone) {
    List<String> classes = new ArrayList<>();
    try (FrozenBackbone backbone = new FrozenBackbone(engine, checkpoint)) {
      FeatureExtractor extractor = new FeatureExtractor(backbone);
      LabelledFeatures known = extractor.extract(train, classes);
      int knownClasses = classes.size();
      if (knownClasses < 2) {
        throw new EvaluationException(
            "All images of %s are of the class %s; a probe needs at least two"
                .formatted(train.name(), classes.getFirst()));
      }
      LabelledFeatures asked = extractor.extract(test, classes);
      if (classes.size() > knownClasses) {
        throw new EvaluationException(
            "The test images of %s have the class %s, which no training image of %s has"
                .formatted(test.name(), classes.get(knownClasses), train.name()));
      }
      return new EvaluationResult(
          probe.top1(
              new Probe.Task(
                  engine.manager(), extractor, train, known, asked, classes, epochsDone)),
          neighbours.top1(engine.manager(), known, asked, classes.size()),
          classes.size(),
          known.count(),
          asked.count());
    }
  }

  /**
   * One part of a source: of one that is divided into train and test the part that is meant, else
   * all of it.
   *
   * @param location a folder, a tar archive, or shapes
   * @param split which part
   * @throws EvaluationException if there is no such source
   */
  public static ImageSource source(String location, Split split, SourceOptions options) {
    try {
      ImageSource all = ImageSource.of(location, options.withSplit(Split.ALL));
      return all.divided() ? ImageSource.of(location, options.withSplit(split)) : all;
    } catch (IOException e) {
      throw new EvaluationException("Cannot read images from " + location + ": " + Reason.of(e), e);
    }
  }
}
