package io.viewstream.generators.internal.diffusion;

/**
 * Denoising in few steps: J. Song, C. Meng, S. Ermon, "Denoising diffusion implicit models", ICLR
 * 2021, equation 12. The result of a step is rounded to float once; all arithmetic is double.
 *
 * @param schedule of the model's training
 * @param prediction what the model gives
 * @param spacing which timesteps are taken
 * @param finalCumulativeAlpha ᾱ after the last step
 */
public record DdimSampler(
    NoiseSchedule schedule, Prediction prediction, Spacing spacing, double finalCumulativeAlpha) {

  /** What a model gives for a noisy sample. */
  public enum Prediction {
    /** The noise in it. */
    EPSILON,
    /** The velocity; see {@link NoiseSchedule#velocity}. */
    V
  }

  /** Which timesteps of training are taken. */
  public sealed interface Spacing {

    /** From the last timestep downwards, so that sampling begins where training ended. */
    record Trailing() implements Spacing {}

    /**
     * Multiples of the step from zero.
     *
     * @param offset added to each
     */
    record Leading(int offset) implements Spacing {}
  }

  /**
   * One step's results.
   *
   * @param previous the sample with less noise
   * @param original the clean sample as the model sees it now
   */
  @SuppressWarnings("ArrayRecordComponent") // numbers in passing, never compared
  public record Step(float[] previous, float[] original) {}

  /** A sampler that ends at the first timestep of training, as Stable Diffusion does. */
  public static DdimSampler of(NoiseSchedule schedule, Prediction prediction, Spacing spacing) {
    return new DdimSampler(schedule, prediction, spacing, schedule.cumulativeAlpha(0));
  }

  /**
   * The timesteps of a walk, descending. With trailing spacing some numbers of steps (61 and 103 of
   * 1,000, for example) have one more, −1: see {@link #trailing}.
   *
   * @param steps from 1 to the timesteps of training
   */
  public int[] timesteps(int steps) {
    int training = schedule.timesteps();
    if (steps < 1 || steps > training) {
      throw new IllegalArgumentException(
          "Steps are " + steps + ", must be from 1 to the " + training + " timesteps of training");
    }
    return switch (spacing) {
      case Spacing.Trailing() -> trailing(training, steps);
      case Spacing.Leading(int offset) -> leading(training, steps, offset);
    };
  }

  /**
   * To the last bit what numpy's {@code round(arange(training, 0, -training / steps)) - 1} gives,
   * with which the schedulers that models were made with count: the count is rounded up and may be
   * one too large, the second number less the first is the stride, halves are rounded to even.
   */
  private static int[] trailing(int training, int steps) {
    double stride = (double) training / steps;
    int[] timesteps = new int[(int) Math.ceil(training / stride)];
    double difference = training - stride - training;
    for (int i = 0; i < timesteps.length; i++) {
      timesteps[i] = (int) Math.rint(training + i * difference) - 1;
    }
    return timesteps;
  }

  private static int[] leading(int training, int steps, int offset) {
    int[] timesteps = new int[steps];
    for (int i = 0; i < steps; i++) {
      timesteps[i] = (steps - 1 - i) * (training / steps) + offset;
    }
    return timesteps;
  }

  /**
   * Takes one step without fresh noise (η = 0).
   *
   * @param sample at this timestep
   * @param output of the model for it, as many numbers
   * @param timestep one of {@link #timesteps}
   * @param steps of the walk
   */
  public Step step(float[] sample, float[] output, int timestep, int steps) {
    return step(sample, output, timestep, steps, 0, new float[sample.length]);
  }

  /**
   * Takes one step.
   *
   * @param sample at this timestep
   * @param output of the model for it, as many numbers
   * @param timestep one of {@link #timesteps}
   * @param steps of the walk
   * @param eta share of fresh noise: 0 for none, 1 for as much as in ancestral sampling
   * @param noise fresh, standard normal, as many numbers
   */
  public Step step(
      float[] sample, float[] output, int timestep, int steps, double eta, float[] noise) {
    // The timestep one stride before, for every spacing, which need not be the next of the walk.
    int before = timestep - schedule.timesteps() / steps;
    // The timestep −1 of a walk that is one too long counts as the last, as an index of Python
    // does.
    double alpha = schedule.cumulativeAlpha(Math.floorMod(timestep, schedule.timesteps()));
    double alphaBefore = before >= 0 ? schedule.cumulativeAlpha(before) : finalCumulativeAlpha;
    // Without fresh noise nothing is divided: either share may be zero at the ends of a schedule.
    double deviation =
        eta == 0 ? 0 : eta * Math.sqrt((1 - alphaBefore) / (1 - alpha) * (1 - alpha / alphaBefore));
    double signal = Math.sqrt(alpha);
    double noisiness = Math.sqrt(1 - alpha);
    double signalBefore = Math.sqrt(alphaBefore);
    double noisinessBefore = Math.sqrt(1 - alphaBefore - deviation * deviation);
    if (prediction == Prediction.EPSILON && alpha == 0) {
      throw new IllegalStateException(
          "Timestep "
              + timestep
              + " has no signal, so a model that predicts noise cannot begin"
              + " there; use leading timesteps or a model of v-prediction");
    }
    float[] previous = new float[sample.length];
    float[] original = new float[sample.length];
    for (int i = 0; i < sample.length; i++) {
      double clean =
          switch (prediction) {
            case EPSILON -> (sample[i] - noisiness * output[i]) / signal;
            case V -> signal * sample[i] - noisiness * output[i];
          };
      double epsilon =
          switch (prediction) {
            case EPSILON -> output[i];
            case V -> signal * output[i] + noisiness * sample[i];
          };
      original[i] = (float) clean;
      previous[i] =
          (float) (signalBefore * clean + noisinessBefore * epsilon + deviation * noise[i]);
    }
    return new Step(previous, original);
  }
}
