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
}
