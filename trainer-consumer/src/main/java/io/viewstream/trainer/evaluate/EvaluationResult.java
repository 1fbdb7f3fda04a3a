package io.viewstream.trainer.evaluate;

/**
 * How good features are.
 *
 * @param linearProbeTop1 part of test images that the linear probe names rightly, in [0, 1]
 * @param knnTop1 the same of the weighted nearest neighbours
 * @param classes how many there are
 * @param trainImages images that were learned from
 * @param testImages images that were tested
 */
public record EvaluationResult(
    double linearProbeTop1, double knnTop1, int classes, int trainImages, int testImages) {

  /** What guessing would give: one over the number of classes. */
  public double chance() {
    return 1.0 / classes;
  }
}
