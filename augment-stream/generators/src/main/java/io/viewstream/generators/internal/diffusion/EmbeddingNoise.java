package io.viewstream.generators.internal.diffusion;

/**
 * The noise that Stable Diffusion unCLIP puts on an image embedding, and the embedding of its
 * level, which together are the condition of the network.
 *
 * <p>A level of zero still adds a little noise, as ᾱ(0) is below one.
 */
public final class EmbeddingNoise {

  private static final double MAX_PERIOD = 10_000;

  private final NoiseSchedule schedule;
  private final float[] mean;
  private final float[] deviation;

  /**
   * The noise of one model.
   *
   * @param schedule of the noise, usually {@link NoiseSchedule#squaredCosine} of 1,000 timesteps
   * @param mean of the embeddings that the model was trained on; not to be modified
   * @param deviation of these, as many numbers above zero; not to be modified
   */
  public EmbeddingNoise(NoiseSchedule schedule, float[] mean, float[] deviation) {
    if (mean.length != deviation.length) {
      throw new IllegalArgumentException(
          mean.length + " means and " + deviation.length + " deviations, must be as many");
    }
    this.schedule = schedule;
    this.mean = mean;
    this.deviation = deviation;
  }

  /**
   * The condition: the noisy embedding followed by the embedding of the level.
   *
   * @param embedding of the image, as many numbers as there are means
   * @param noise standard normal, as many numbers
   * @param level from 0 to the last timestep of the schedule
   * @return twice as many numbers
   */
  public float[] condition(float[] embedding, float[] noise, int level) {
    int length = mean.length;
    double alpha = schedule.cumulativeAlpha(level);
    float[] condition = new float[2 * length];
    for (int i = 0; i < length; i++) {
      double standard = (embedding[i] - mean[i]) / deviation[i];
      double noisy = Math.sqrt(alpha) * standard + Math.sqrt(1 - alpha) * noise[i];
      condition[i] = (float) (noisy * deviation[i] + mean[i]);
    }
    System.arraycopy(levelEmbedding(level, length), 0, condition, length, length);
    return condition;
  }

  /**
   * A level as cosines and sines of falling frequency, the cosines first. An odd dimension ends
   * with a zero.
   *
   * @param dimension of the result
   */
  public static float[] levelEmbedding(double level, int dimension) {
    int half = dimension / 2;
    float[] embedding = new float[dimension];
    for (int i = 0; i < half; i++) {
      double angle = level * Math.exp(-Math.log(MAX_PERIOD) * i / half);
      embedding[i] = (float) Math.cos(angle);
      embedding[half + i] = (float) Math.sin(angle);
    }
    return embedding;
  }
}
