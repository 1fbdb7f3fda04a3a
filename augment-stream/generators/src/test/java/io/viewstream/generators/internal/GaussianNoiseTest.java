package io.viewstream.generators.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GaussianNoiseTest {

  private static final long SEED = 0x0123456789abcdefL;

  /** Computed by an independent program (Python, double precision, rounded to float at the end). */
  private static final float[] GOLDEN = {
    -0.11961185f,
    1.0081649f,
    0.3341468f,
    0.07667257f,
    -0.060265742f,
    0.034104995f,
    -1.4452639f,
    -0.9061768f
  };

  @Test
  void shouldReadTheBlocksOfItsStreamInOrder() {
    RandomStream stream = new RandomStream(SEED, 2);
    int[] words = new int[6];
    Arrays.setAll(words, i -> stream.nextInt());
    assertThat(words)
        .containsExactly(0x98e8077e, 0x44cfbc2c, 0xf163aa6c, 0x09309b39, 0xff630fe1, 0x6b049a7d);
  }

  @Test
  void shouldKeepItsGoldenNumbers() {
    assertThat(noise(2, 8)).containsExactly(GOLDEN);
  }

  @Test
  void shouldBeginWithTheSameNumbersWhateverTheLength() {
    assertThat(noise(2, 3)).containsExactly(Arrays.copyOf(GOLDEN, 3));
  }

  @Test
  void shouldGiveIndependentNumbersPerStream() {
    float[] first = noise(0, 10_000);
    float[] second = noise(1, 10_000);
    double correlation = 0;
    for (int i = 0; i < first.length; i++) {
      correlation += (double) first[i] * second[i] / first.length;
    }
    assertThat(correlation).isCloseTo(0, within(0.04));
  }

  @Test
  void shouldHaveTheMomentsOfTheStandardNormalDistribution() {
    float[] noise = noise(0, 100_000);
    assertThat(moment(noise, 1)).isCloseTo(0, within(0.015));
    assertThat(moment(noise, 2)).isCloseTo(1, within(0.02));
    assertThat(moment(noise, 4)).isCloseTo(3, within(0.15));
  }

  @Test
  void shouldDrawNumbersBeyondTheBoundAgain() {
    float[] noise = new float[50_000];
    GaussianNoise.fillTruncated(new RandomStream(SEED, 0), 1.4, noise, 0, noise.length);
    for (float number : noise) {
      assertThat(Math.abs(number)).isLessThanOrEqualTo(1.4f);
    }
    assertThat(moment(noise, 1)).isCloseTo(0, within(0.015));
    assertThat(moment(noise, 2)).isCloseTo(truncatedVariance(1.4), within(0.01));
  }

  @Test
  void shouldRefuseABoundThatNothingCanMeet() {
    assertThatThrownBy(
            () -> GaussianNoise.fillTruncated(new RandomStream(0, 0), 0, new float[1], 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Truncation bound is 0.0, must be above zero");
  }

  /** By a sum over a fine grid, independent of the closed form. */
  private static double truncatedVariance(double bound) {
    double mass = 0;
    double second = 0;
    for (double x = -bound; x <= bound; x += 1e-4) {
      double density = Math.exp(-x * x / 2);
      mass += density;
      second += density * x * x;
    }
    return second / mass;
  }

  private static float[] noise(long stream, int length) {
    float[] noise = new float[length];
    GaussianNoise.fill(new RandomStream(SEED, stream), noise, 0, length);
    return noise;
  }

  private static double moment(float[] numbers, int power) {
    double sum = 0;
    for (float number : numbers) {
      sum += Math.pow(number, power);
    }
    return sum / numbers.length;
  }
}
