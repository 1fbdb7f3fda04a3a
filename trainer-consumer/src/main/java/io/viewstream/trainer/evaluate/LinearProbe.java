package io.viewstream.trainer.evaluate;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Random;

/**
 * Linear classification of frozen features: stochastic gradient descent with momentum over
 * mini-batches, the rate falling by a half cosine, from weights of zero.
 *
 * <p>Two things differ from solo-learn's probe ({@link AugmentedProbe}), to make it a matter of
 * seconds: features are computed once, without random crops and flips, and they are standardised by
 * mean and deviation of the training features, which spares the search for a learning rate.
 *
 * @param epochs passes over the training features, at least 1
 * @param batchSize rows in a step, at least 1
 * @param learningRate of the first step
 * @param momentum in [0, 1)
 * @param weightDecay at least 0
 * @param seed of the order
 */
public record LinearProbe(
    int epochs, int batchSize, double learningRate, double momentum, double weightDecay, long seed)
    implements Probe {

  /** 100 epochs, as solo-learn's; the rest chosen for standardised features. */
  public static final LinearProbe DEFAULT = new LinearProbe(100, 256, 0.1, 0.9, 1e-3, 5);

  private static final double SMALLEST_DEVIATION = 1e-6;

  /** Checks the values. */
  public LinearProbe {
    if (epochs < 1 || batchSize < 1 || !(learningRate > 0) || !(weightDecay >= 0)) {
      throw new IllegalArgumentException(
          "A probe of %d epochs, batches of %d, learning rate %s and weight decay %s cannot be trained"
              .formatted(epochs, batchSize, learningRate, weightDecay));
    }
  }

  /** The same with another number of epochs. */
  public LinearProbe withEpochs(int other) {
    return new LinearProbe(other, batchSize, learningRate, momentum, weightDecay, seed);
  }

  @Override
  public double top1(Task task) {
    return top1(task.manager(), task.train(), task.test(), task.classes().size());
  }

  /**
   * Learns on one set and predicts another.
   *
   * @param manager borrowed
   * @param train features with the labels to learn from
   * @param test features to classify; its labels are only compared
   * @param classes how many there are
   * @return the part of test images whose class has the highest score, in [0, 1]
   */
  public double top1(
      NDManager manager, LabelledFeatures train, LabelledFeatures test, int classes) {
    Standardisation standardisation = Standardisation.of(train);
    LabelledFeatures known = standardisation.apply(train);
    try (NDManager scope = manager.newSubManager();
        LinearClassifier classifier =
            new LinearClassifier(
                scope,
                scope.zeros(new Shape(classes, train.dimension())),
                scope.zeros(new Shape(classes)),
                momentum,
                weightDecay)) {
      int size = Math.min(batchSize, known.count());
      Descent descent =
          new Descent(learningRate, (long) epochs * (known.count() / size), size, new Random(seed));
      for (int epoch = 0; epoch < epochs; epoch++) {
        descent.epoch(scope, classifier, known);
      }
      return Predictions.top1(
          Descent.predict(scope, classifier, standardisation.apply(test)), test.labels());
    }
  }

  /** Mean 0 and deviation 1 over the training features. */
  @SuppressWarnings("ArrayRecordComponent") // Private, one per probe.
  private record Standardisation(double[] mean, double[] deviation) {

    static Standardisation of(LabelledFeatures features) {
      int dimension = features.dimension();
      double[] mean = new double[dimension];
      double[] deviation = new double[dimension];
      for (int i = 0; i < features.values().length; i++) {
        mean[i % dimension] += features.values()[i] / (double) features.count();
      }
      for (int i = 0; i < features.values().length; i++) {
        double difference = features.values()[i] - mean[i % dimension];
        deviation[i % dimension] += difference * difference / features.count();
      }
      for (int i = 0; i < dimension; i++) {
        deviation[i] = Math.max(Math.sqrt(deviation[i]), SMALLEST_DEVIATION);
      }
      return new Standardisation(mean, deviation);
    }

    LabelledFeatures apply(LabelledFeatures features) {
      float[] values = new float[features.values().length];
      int dimension = features.dimension();
      for (int i = 0; i < values.length; i++) {
        values[i] =
            (float) ((features.values()[i] - mean[i % dimension]) / deviation[i % dimension]);
      }
      return new LabelledFeatures(values, dimension, features.labels());
    }
  }
}
