package io.viewstream.generators.internal.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.viewstream.generators.internal.diffusion.DdimSampler.Prediction;
import io.viewstream.generators.internal.diffusion.DdimSampler.Spacing;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds without any reference: a model that knows the answer is led to it. */
class DdimSamplerTest {

  private static final NoiseSchedule SCHEDULE = NoiseSchedule.scaledLinear(1_000, 0.00085, 0.012);
  private static final float[] SIGNAL = {0.7f, -0.2f, 1.4f};
  private static final float[] NOISE = {-1.1f, 0.3f, 0.9f};

  @Test
  void shouldTakeTheTimestepsOfTheTrailingSpacing() {
    DdimSampler sampler =
        DdimSampler.of(SCHEDULE.withZeroTerminalSignal(), Prediction.V, new Spacing.Trailing());
    assertThat(sampler.timesteps(10))
        .containsExactly(999, 899, 799, 699, 599, 499, 399, 299, 199, 99);
    assertThat(sampler.timesteps(1)).containsExactly(999);
    for (int steps = 1; steps <= 1_000; steps++) {
      assertThat(sampler.timesteps(steps)).as("%d steps", steps).doesNotHaveDuplicates();
    }
  }

  /**
   * A checksum of the lines {@code ','.join(map(str, (np.round(np.arange(T, 0, -T / N)) -
   * 1).astype(int)))} for N from 1 to T.
   */
  @ParameterizedTest
  @CsvSource({"1000, 73ae211a", "777, e969ceff"})
  void shouldCountAsNumpyDoesForAnyNumberOfSteps(int training, String checksum) {
    DdimSampler sampler =
        DdimSampler.of(
            NoiseSchedule.scaledLinear(training, 0.00085, 0.012),
            Prediction.V,
            new Spacing.Trailing());
    CRC32 lines = new CRC32();
    for (int steps = 1; steps <= training; steps++) {
      String line =
          Arrays.stream(sampler.timesteps(steps))
              .mapToObj(String::valueOf)
              .collect(Collectors.joining(",", "", "\n"));
      lines.update(line.getBytes(StandardCharsets.US_ASCII));
    }
    assertThat(Long.toHexString(lines.getValue())).isEqualTo(checksum);
  }

  /** 48: 937.5 comes out a little smaller. 61: one more than asked for. */
  @Test
  void shouldRoundAndOverrunAsNumpyDoes() {
    DdimSampler sampler = DdimSampler.of(SCHEDULE, Prediction.V, new Spacing.Trailing());
    assertThat(sampler.timesteps(48)).hasSize(48).startsWith(999, 978, 957, 936, 916);
    assertThat(sampler.timesteps(61)).hasSize(62).endsWith(32, 15, -1);
  }

  @Test
  void shouldTakeTheTimestepBelowZeroForTheLast() {
    DdimSampler sampler = DdimSampler.of(SCHEDULE, Prediction.V, new Spacing.Trailing());
    double signal = Math.sqrt(SCHEDULE.cumulativeAlpha(999));
    double noisiness = Math.sqrt(1 - SCHEDULE.cumulativeAlpha(999));
    double before = SCHEDULE.cumulativeAlpha(0);
    float[] previous = sampler.step(SIGNAL, NOISE, -1, 61).previous();
    for (int i = 0; i < SIGNAL.length; i++) {
      double clean = signal * SIGNAL[i] - noisiness * NOISE[i];
      double noise = signal * NOISE[i] + noisiness * SIGNAL[i];
      assertThat((double) previous[i])
          .isCloseTo(Math.sqrt(before) * clean + Math.sqrt(1 - before) * noise, within(1e-6));
    }
  }

  /** Where two shares of the signal are zero one after the other, or one at the beginning. */
  @Test
  void shouldGiveNumbersAtBothEndsOfAnySchedule() {
    NoiseSchedule steep = NoiseSchedule.scaledLinear(10_000, 1e-20, 0.999);
    DdimSampler sampler = DdimSampler.of(steep, Prediction.V, new Spacing.Trailing());
    for (int timestep : sampler.timesteps(50)) {
      for (float number : sampler.step(SIGNAL, NOISE, timestep, 50).previous()) {
        assertThat(number).as("timestep %d", timestep).isFinite();
      }
    }
  }

  @Test
  void shouldRefuseMoreStepsThanTraining() {
    DdimSampler sampler = DdimSampler.of(SCHEDULE, Prediction.V, new Spacing.Trailing());
    assertThatThrownBy(() -> sampler.timesteps(1_001))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Steps are 1001, must be from 1 to the 1000 timesteps of training");
  }

  @Test
  void shouldReachTheSignalWithAModelThatKnowsTheVelocity() {
    NoiseSchedule schedule = SCHEDULE.withZeroTerminalSignal();
    DdimSampler sampler = new DdimSampler(schedule, Prediction.V, new Spacing.Trailing(), 1);
    float[] sample = NOISE;
    for (int timestep : sampler.timesteps(7)) {
      float[] velocity = schedule.velocity(SIGNAL, NOISE, timestep);
      sample = sampler.step(sample, velocity, timestep, 7).previous();
    }
    // Seven does not divide 1,000: the last stride ends above timestep zero and a little noise
    // stays.
    assertThat(sample).containsExactly(SIGNAL, within(0.1f));
  }

  @Test
  void shouldReachTheSignalWithAModelThatKnowsTheNoise() {
    DdimSampler sampler = new DdimSampler(SCHEDULE, Prediction.EPSILON, new Spacing.Leading(0), 1);
    int[] timesteps = sampler.timesteps(10);
    float[] sample = SCHEDULE.addNoise(SIGNAL, NOISE, timesteps[0]);
    for (int timestep : timesteps) {
      DdimSampler.Step step = sampler.step(sample, NOISE, timestep, 10);
      assertThat(step.original()).containsExactly(SIGNAL, within(1e-4f));
      sample = step.previous();
    }
    assertThat(sample).containsExactly(SIGNAL, within(1e-4f));
  }

  @Test
  void shouldKeepTheVarianceWithFreshNoise() {
    DdimSampler sampler = new DdimSampler(SCHEDULE, Prediction.EPSILON, new Spacing.Leading(0), 1);
    float[] zeros = new float[1];
    DdimSampler.Step fresh = sampler.step(zeros, zeros, 500, 10, 1, new float[] {1});
    DdimSampler.Step kept = sampler.step(zeros, new float[] {1}, 500, 10, 1, zeros);
    double clean = kept.original()[0];
    double before = SCHEDULE.cumulativeAlpha(400);
    double direction = kept.previous()[0] - Math.sqrt(before) * clean;
    double squares = direction * direction + fresh.previous()[0] * fresh.previous()[0];
    assertThat(squares).isCloseTo(1 - before, within(1e-5));
  }

  @Test
  void shouldNotBeginWithoutASignalWhenNoiseIsPredicted() {
    DdimSampler sampler =
        DdimSampler.of(
            SCHEDULE.withZeroTerminalSignal(), Prediction.EPSILON, new Spacing.Trailing());
    assertThatThrownBy(() -> sampler.step(NOISE, NOISE, 999, 10))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Timestep 999 has no signal");
  }
}
