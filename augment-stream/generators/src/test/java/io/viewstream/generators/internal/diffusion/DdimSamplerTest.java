package io.viewstream.generators.internal.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.viewstream.generators.internal.diffusion.DdimSampler.Prediction;
import io.viewstream.generators.internal.diffusion.DdimSampler.Spacing;
import org.junit.jupiter.api.Test;

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
