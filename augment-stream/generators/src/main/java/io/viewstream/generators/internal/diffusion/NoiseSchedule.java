package io.viewstream.generators.internal.diffusion;

/**
 * How much of the signal is left at each timestep of training: ᾱ(t), the cumulative product of 1 −
 * β(t).
 *
 * <p>J. Ho, A. Jain, P. Abbeel, "Denoising diffusion probabilistic models", NeurIPS 2020. Rescaling
 * to zero terminal signal-to-noise ratio: S. Lin, B. Liu, J. Li, X. Yang, "Common diffusion noise
 * schedules and sample steps are flawed", WACV 2024, algorithm 1.
 */
public final class NoiseSchedule {

  /** Betas of {@link #squaredCosine} stop here, as otherwise the last would be one. */
  private static final double MAX_COSINE_BETA = 0.999;

  private static final double COSINE_OFFSET = 0.008;

  private final double[] cumulativeAlphas;

  private NoiseSchedule(double[] cumulativeAlphas) {
    this.cumulativeAlphas = cumulativeAlphas;
  }

  /**
   * The schedule of Stable Diffusion: square roots of the betas grow linearly.
   *
   * @param timesteps of training, at least 2
   * @param firstBeta above zero
   * @param lastBeta below one
   */
  public static NoiseSchedule scaledLinear(int timesteps, double firstBeta, double lastBeta) {
    double first = Math.sqrt(firstBeta);
    double last = Math.sqrt(lastBeta);
    double[] alphas = new double[timesteps];
    double product = 1;
    for (int t = 0; t < timesteps; t++) {
      double root = first + (last - first) * t / (timesteps - 1);
      product *= 1 - root * root;
      alphas[t] = product;
    }
    return new NoiseSchedule(alphas);
  }

  /**
   * The schedule of A. Nichol, P. Dhariwal, "Improved denoising diffusion probabilistic models",
   * ICML 2021: ᾱ falls as a squared cosine.
   *
   * @param timesteps of training, at least 2
   */
  public static NoiseSchedule squaredCosine(int timesteps) {
    double[] alphas = new double[timesteps];
    double product = 1;
    for (int t = 0; t < timesteps; t++) {
      double beta =
          1 - squaredCosine((t + 1.0) / timesteps) / squaredCosine((double) t / timesteps);
      product *= 1 - Math.min(beta, MAX_COSINE_BETA);
      alphas[t] = product;
    }
    return new NoiseSchedule(alphas);
  }

  private static double squaredCosine(double time) {
    double cosine = Math.cos((time + COSINE_OFFSET) / (1 + COSINE_OFFSET) * Math.PI / 2);
    return cosine * cosine;
  }

  /** The same schedule, shifted and stretched so that nothing of the signal is left at its end. */
  public NoiseSchedule withZeroTerminalSignal() {
    double first = Math.sqrt(cumulativeAlphas[0]);
    double last = Math.sqrt(cumulativeAlphas[cumulativeAlphas.length - 1]);
    double[] alphas = new double[cumulativeAlphas.length];
    for (int t = 0; t < alphas.length; t++) {
      double root = (Math.sqrt(cumulativeAlphas[t]) - last) * first / (first - last);
      alphas[t] = root * root;
    }
    return new NoiseSchedule(alphas);
  }

  /** The number of timesteps of training. */
  public int timesteps() {
    return cumulativeAlphas.length;
  }

  /** ᾱ(t): the share of the signal's variance that is left, in [0, 1). */
  public double cumulativeAlpha(int timestep) {
    return cumulativeAlphas[timestep];
  }

  /** β(t): the share of variance that this timestep replaces by noise. */
  public double beta(int timestep) {
    double before = timestep == 0 ? 1 : cumulativeAlphas[timestep - 1];
    return 1 - cumulativeAlphas[timestep] / before;
  }

  /** The signal with the noise of a timestep: √ᾱ·x + √(1 − ᾱ)·noise. */
  public float[] addNoise(float[] signal, float[] noise, int timestep) {
    double signalShare = Math.sqrt(cumulativeAlphas[timestep]);
    double noiseShare = Math.sqrt(1 - cumulativeAlphas[timestep]);
    return combine(signalShare, signal, noiseShare, noise);
  }

  /** What a network of v-prediction is trained to give: √ᾱ·noise − √(1 − ᾱ)·x. */
  public float[] velocity(float[] signal, float[] noise, int timestep) {
    double signalShare = Math.sqrt(cumulativeAlphas[timestep]);
    double noiseShare = Math.sqrt(1 - cumulativeAlphas[timestep]);
    return combine(-noiseShare, signal, signalShare, noise);
  }

  static float[] combine(double factor, float[] numbers, double otherFactor, float[] others) {
    if (numbers.length != others.length) {
      throw new IllegalArgumentException(
          numbers.length + " numbers and " + others.length + ", must be as many");
    }
    float[] combined = new float[numbers.length];
    for (int i = 0; i < combined.length; i++) {
      combined[i] = (float) (factor * numbers[i] + otherFactor * others[i]);
    }
    return combined;
  }
}
