package io.viewstream.trainer.evaluate;

/** Classes from scores. */
final class Predictions {

  private Predictions() {}

  /** The class with the largest score of each row, the first of equals. */
  static int[] largest(double[][] scores) {
    int[] classes = new int[scores.length];
    for (int row = 0; row < scores.length; row++) {
      for (int i = 1; i < scores[row].length; i++) {
        if (scores[row][i] > scores[row][classes[row]]) {
          classes[row] = i;
        }
      }
    }
    return classes;
  }

  /** The part of predictions that are right, in [0, 1]. */
  static double top1(int[] predicted, int[] labels) {
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += predicted[i] == labels[i] ? 1 : 0;
    }
    return (double) right / labels.length;
  }

  /**
   * The part of rows in which the right class is among the k with the largest scores, in [0, 1]; a
   * class counts as behind those that score the same and come first.
   */
  static double topK(double[][] scores, int[] labels, int k) {
    int right = 0;
    for (int row = 0; row < labels.length; row++) {
      int ahead = 0;
      double own = scores[row][labels[row]];
      for (int i = 0; i < scores[row].length; i++) {
        ahead += scores[row][i] > own || (scores[row][i] == own && i < labels[row]) ? 1 : 0;
      }
      right += ahead < k ? 1 : 0;
    }
    return (double) right / labels.length;
  }
}
