package io.viewstream.trainer.evaluate;

import ai.djl.ndarray.NDManager;
import io.viewstream.imaging.source.ImageSource;
import java.util.List;
import java.util.function.IntConsumer;

/** A linear classifier of a frozen backbone's features, and how it is learned. */
public sealed interface Probe permits LinearProbe, AugmentedProbe {

  /**
   * Learns and predicts.
   *
   * @return the part of test images whose class has the highest score, in [0, 1]
   */
  double top1(Task task);

  /**
   * What there is to learn from and to predict.
   *
   * @param manager borrowed
   * @param extractor of the backbone's features; borrowed
   * @param images to learn from
   * @param train features of these images without augmentation, with the labels to learn from
   * @param test features to classify; its labels are only compared
   * @param classes names
   * @param epochsDone is told, after each epoch, how many are done
   */
  record Task(
      NDManager manager,
      FeatureExtractor extractor,
      ImageSource images,
      LabelledFeatures train,
      LabelledFeatures test,
      List<String> classes,
      IntConsumer epochsDone) {

    /** Copies the classes. */
    public Task {
      classes = List.copyOf(classes);
    }
  }
}
