package io.viewstream.trainer.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/**
 * A weighted vote of the k nearest training images by cosine: each adds exp(cosine / τ) to its
 * class. Nothing is learned, so it is the cheap check of features.
 *
 * @param k neighbours that vote, at least 1; all of them if there are fewer
 * @param temperature τ, greater than 0; smaller lets the nearest decide
 * @see <a href="https://arxiv.org/abs/1805.01978">Wu et al. 2018, Unsupervised Feature Learning,
 *     section 3.4</a>
 */
public record NearestNeighbours(int k, double temperature) {

  /** As solo-learn's at small scale: 20 neighbours, τ = 0.07. */
  public static final NearestNeighbours DEFAULT = new NearestNeighbours(20, 0.07);

  private static final int BATCH = 256;

  /** Checks the values. */
  public NearestNeighbours {
    if (k < 1 || !(temperature > 0)) {
      throw new IllegalArgumentException(
          "--neighbours is %d and --temperature %s; they must be at least 1 and above 0"
              .formatted(k, temperature));
    }
  }

  /**
   * The votes for every class.
   *
   * @param manager borrowed
   * @param train features that vote
   * @param test features to classify
   * @param classes how many there are
   * @return (test images, classes), each row's sum is 1
   */
  public double[][] votes(
      NDManager manager, LabelledFeatures train, LabelledFeatures test, int classes) {
    double[][] votes = new double[test.count()][];
    int neighbours = Math.min(k, train.count());
    try (NDManager all = manager.newSubManager()) {
      NDArray known = unit(train.rows(all, 0, train.count())).transpose();
      for (int from = 0; from < test.count(); from += BATCH) {
        int to = Math.min(from + BATCH, test.count());
        try (NDManager batch = all.newSubManager()) {
          NDList nearest = unit(test.rows(batch, from, to)).matMul(known).topK(neighbours, 1);
          float[] cosines = nearest.get(0).toFloatArray();
          long[] indices = nearest.get(1).toLongArray();
          for (int row = from; row < to; row++) {
            votes[row] =
                vote(cosines, indices, (row - from) * neighbours, neighbours, train, classes);
          }
        }
      }
    }
    return votes;
  }

  /** The part of test images whose class gets most votes, in [0, 1]. */
  public double top1(
      NDManager manager, LabelledFeatures train, LabelledFeatures test, int classes) {
    return Predictions.top1(
        Predictions.largest(votes(manager, train, test, classes)), test.labels());
  }

  private double[] vote(
      float[] cosines,
      long[] indices,
      int offset,
      int neighbours,
      LabelledFeatures train,
      int classes) {
    double[] row = new double[classes];
    double total = 0;
    for (int i = offset; i < offset + neighbours; i++) {
      // Relative to the nearest, so that no temperature overflows; the shares stay the same.
      double weight = Math.exp((cosines[i] - cosines[offset]) / temperature);
      row[train.labels()[(int) indices[i]]] += weight;
      total += weight;
    }
    for (int i = 0; i < classes; i++) {
      row[i] /= total;
    }
    return row;
  }

  private static NDArray unit(NDArray rows) {
    return rows.normalize(2, 1, 1e-12);
  }
}
