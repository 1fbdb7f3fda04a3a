package io.viewstream.trainer.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.Random;

/**
 * Mini-batches in an order that is drawn anew for each epoch, and a rate that falls by a half
 * cosine with every step. The last rows of an epoch that make no batch are left out.
 */
final class Descent {

  private static final int PREDICTED_AT_ONCE = 256;

  private final double firstRate;
  private final long totalSteps;
  private final int batchSize;
  private final Random random;
  private int[] order = new int[0];
  private long step;

  Descent(double firstRate, long totalSteps, int batchSize, Random random) {
    this.firstRate = firstRate;
    this.totalSteps = totalSteps;
    this.batchSize = batchSize;
    this.random = random;
  }

  /** Goes once over all rows. */
  void epoch(NDManager manager, LinearClassifier classifier, LabelledFeatures known) {
    if (order.length != known.count()) {
      order = new int[known.count()];
      Arrays.setAll(order, i -> i);
    }
    shuffle();
    for (int from = 0; from + batchSize <= order.length; from += batchSize) {
      int[] positions = Arrays.copyOfRange(order, from, from + batchSize);
      int[] labels = new int[batchSize];
      for (int i = 0; i < batchSize; i++) {
        labels[i] = known.labels()[positions[i]];
      }
      double rate = firstRate * (1 + Math.cos(Math.PI * step++ / totalSteps)) / 2;
      try (NDManager scope = manager.newSubManager()) {
        classifier.step(known.rows(scope, positions), labels, rate);
      }
    }
  }

  private void shuffle() {
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int value = order[i];
      order[i] = order[other];
      order[other] = value;
    }
  }

  /** The class with the highest score of each row. */
  static int[] predict(NDManager manager, LinearClassifier classifier, LabelledFeatures features) {
    int[] predicted = new int[features.count()];
    for (int from = 0; from < predicted.length; from += PREDICTED_AT_ONCE) {
      int to = Math.min(from + PREDICTED_AT_ONCE, predicted.length);
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
}
