package io.viewstream.trainer.train;

/** The loss of a step is infinite or not a number, so training cannot go on. */
public final class NonFiniteLossException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Names the step.
   *
   * @param step from 0
   * @param loss its value
   * @param learningRate of that step
   * @param origin what else was not finite, in words
   */
  public NonFiniteLossException(long step, float loss, double learningRate, String origin) {
    super(
        "The loss of step %d is %s at a learning rate of %s (%s); lower learning-rate or raise temperature"
            .formatted(step, loss, learningRate, origin));
  }
}
