package io.viewstream.generators.internal;

/**
 * Standard normal numbers from a {@link RandomStream}, by the transform of Box and Muller (1958).
 *
 * <p>StrictMath makes the bits the same on every machine and every version of Java, which Math does
 * not promise.
 */
public final class GaussianNoise {

  private GaussianNoise() {}

  /**
   * Fills part of an array with independent standard normal numbers.
   *
   * @param stream consumed by two words for every two numbers
   * @param noise receives the numbers
   * @param offset of the first
   * @param length how many
   */
  public static void fill(RandomStream stream, float[] noise, int offset, int length) {
    for (int i = 0; i < length; i += 2) {
      double radius = StrictMath.sqrt(-2.0 * StrictMath.log(stream.nextUniform()));
      double angle = 2.0 * StrictMath.PI * stream.nextUniform();
      noise[offset + i] = (float) (radius * StrictMath.cos(angle));
      if (i + 1 < length) {
        noise[offset + i + 1] = (float) (radius * StrictMath.sin(angle));
      }
    }
  }

  /**
   * Fills part of an array with independent numbers of the normal distribution truncated to ±bound:
   * numbers outside are drawn again.
   *
   * @param stream consumed by as many words as it takes
   * @param bound above zero
   * @param noise receives the numbers
   * @param offset of the first
   * @param length how many
   */
  public static void fillTruncated(
      RandomStream stream, double bound, float[] noise, int offset, int length) {
    if (!(bound > 0)) {
      throw new IllegalArgumentException("Truncation bound is " + bound + ", must be above zero");
    }
    float[] pair = new float[2];
    int filled = 0;
    while (filled < length) {
      fill(stream, pair, 0, 2);
      for (int i = 0; i < 2 && filled < length; i++) {
        if (Math.abs(pair[i]) <= bound) {
          noise[offset + filled++] = pair[i];
        }
      }
    }
  }
}
