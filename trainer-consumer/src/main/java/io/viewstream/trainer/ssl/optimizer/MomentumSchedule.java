package io.viewstream.trainer.ssl.optimizer;

/**
 * How much of a momentum target stays at each step: τ rises from {@code base} to {@code last} by a
 * half cosine.
 *
 * @param base τ of the first step, in [0, 1]
 * @param last τ at the end of training, in [base, 1]
 * @param totalSteps of the whole training, at least 1
 * @see <a href="https://arxiv.org/abs/2006.07733">Grill et al. 2020, BYOL, section 3.2</a>
 */
public record MomentumSchedule(double base, double last, long totalSteps) {

  /** Checks the values. */
  public MomentumSchedule {
    if (!(base >= 0 && base <= last && last <= 1) || totalSteps < 1) {
      throw new IllegalArgumentException(
          "A momentum from %s to %s over %d steps; wanted is 0 <= first <= last <= 1 and at least one step"
              .formatted(base, last, totalSteps));
    }
  }

  /**
   * τ for the update that follows a step.
   *
   * @param stepsDone before that step: 0 at the first, which so uses {@code base}
   */
  public double momentum(long stepsDone) {
    return last - (last - base) * (Math.cos(Math.PI * stepsDone / totalSteps) + 1) / 2;
  }
}
