package io.viewstream.trainer.ssl.optimizer;

/**
 * The learning rate of each step: a line from {@code startRate} up to {@code baseRate}, then a half
 * cosine down to {@code finalRate}. As in the code of the paper the line has {@code warmupSteps −
 * 1} intervals, so the base rate is reached at step warmupSteps − 1 and repeated at step
 * warmupSteps; a single warm-up step has the start rate.
 *
 * @param startRate of step 0 when there is a warm-up
 * @param baseRate the highest
 * @param finalRate of step totalSteps, which is the first one not trained
 * @param warmupSteps in 0..totalSteps
 * @param totalSteps of the whole training, at least 1
 */
public record WarmupCosineSchedule(
    double startRate, double baseRate, double finalRate, long warmupSteps, long totalSteps) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if a rate is negative or not finite, or the steps do not fit
   *     each other
   */
  public WarmupCosineSchedule {
    requireRate("start", startRate);
    requireRate("base", baseRate);
    requireRate("final", finalRate);
    if (totalSteps < 1 || warmupSteps < 0 || warmupSteps > totalSteps) {
      throw new IllegalArgumentException(
          "%d warm-up steps do not fit into %d steps".formatted(warmupSteps, totalSteps));
    }
  }

  /**
   * The rate to use for a step.
   *
   * @param step 0 for the first; beyond totalSteps the final rate stays
   */
  public double rate(long step) {
    if (step < warmupSteps) {
      return warmupSteps == 1
          ? startRate
          : startRate + step * (baseRate - startRate) / (warmupSteps - 1);
    }
    if (step >= totalSteps) {
      return finalRate;
    }
    double progress = (double) (step - warmupSteps) / (totalSteps - warmupSteps);
    return finalRate + (baseRate - finalRate) * (1 + Math.cos(Math.PI * progress)) / 2;
  }

  private static void requireRate(String which, double rate) {
    if (!(rate >= 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException(
          "The %s learning rate is %s; it must be a finite number of at least 0"
              .formatted(which, rate));
    }
  }
}
