package io.viewstream.trainer.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Random;

/**
 * Linear classification of frozen features: stochastic gradient descent with momentum over
 * mini-batches, the rate falling by a half cosine, from weights of zero.
 *
 * <p>Two things differ from solo-learn's probe, to make it a matter of seconds: features are
 * computed once, without random crops and flips, and they are standardised by mean and deviation of
 * the training features, which spares the search for a learning rate.
 *
 * @param epochs passes over the training features, at least 1
 * @param batchSize rows in a step, at least 1
 * @param learningRate of the first step
 * @param momentum in [0, 1)
 * @param weightDecay at least 0
 * @param seed of the order
 */
public record LinearProbe(
    int epochs,
    int batchSize,
    double learningRate,
    double momentum,
    double weightDecay,
    long seed) {

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
      fit(scope, classifier, known);
      return Predictions.top1(
          predict(scope, classifier, standardisation.apply(test)), test.labels());
    }
  }

  private void fit(NDManager manager, LinearClassifier classifier, LabelledFeatures known) {
    int size = Math.min(batchSize, known.count());
    int batches = known.count() / size;
    long total = (long) epochs * batches;
    long step = 0;
    int[] order = new int[known.count()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    Random random = new Random(seed);
    for (int epoch = 0; epoch < epochs; epoch++) {
      shuffle(order, random);
      for (int batch = 0; batch < batches; batch++) {
        int[] positions = java.util.Arrays.copyOfRange(order, batch * size, (batch + 1) * size);
        int[] labels = new int[size];
        for (int i = 0; i < size; i++) {
          labels[i] = known.labels()[positions[i]];
        }
        double rate = learningRate * (1 + Math.cos(Math.PI * step++ / total)) / 2;
        try (NDManager scope = manager.newSubManager()) {
          classifier.step(known.rows(scope, positions), labels, rate);
        }
      }
    }
  }

  private int[] predict(NDManager manager, LinearClassifier classifier, LabelledFeatures features) {
    int[] predicted = new int[features.count()];
    for (int from = 0; from < predicted.length; from += batchSize) {
      int to = Math.min(from + batchSize, predicted.length);
      try (NDManager scope = manager.newSubManager()) {
        NDArray best = classifier.logits(features.rows(scope, from, to)).argMax(1);
        long[] classes = best.toLongArray();
        for (int i = from; i < to; i++) {
          predicted[i] = (int) classes[i - from];
        }
      }
    }
    return predicted;
  }

  private static void shuffle(int[] order, Random random) {
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int value = order[i];
      order[i] = order[other];
      order[other] = value;
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
