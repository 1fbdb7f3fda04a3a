package io.viewstream.generators.internal.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.generators.internal.diffusion.DdimSampler.Prediction;
import io.viewstream.generators.internal.diffusion.DdimSampler.Spacing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The numbers of diffusers' own scheduler. The file is no part of the repository: {@code
 * -Dfixtures=DIR} names its folder, by default {@code ../shared/fixtures} beside the repository.
 */
class DdimFixturesTest {

  private static final double ALPHA_TOLERANCE = 3e-6;
  private static final double TRAJECTORY_TOLERANCE = 2e-5;
  private static final double NOISE_TOLERANCE = 1e-5;
  private static final double LEVEL_TOLERANCE = 2e-4;

  /** What neither Stable Diffusion nor unCLIP ever has otherwise, and so no setting exists for. */
  private static final Map<String, Double> FIXED =
      Map.of(
          "clip_sample", 0.0,
          "flip_sin_to_cos", 1.0,
          "downscale_freq_shift", 0.0,
          "max_period", 10_000.0);

  @TestFactory
  List<DynamicTest> shouldComputeWhatDiffusersComputes() throws IOException {
    Path file = folder().resolve("ddim.json");
    Assumptions.assumeTrue(
        Files.isRegularFile(file), () -> "no fixtures at " + file + "; set -Dfixtures=DIR");
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode example : new ObjectMapper().readTree(file.toFile()).path("cases")) {
      tests.add(DynamicTest.dynamicTest(example.path("name").asText(), () -> check(example)));
    }
    assertThat(tests).as("cases in " + file).isNotEmpty();
    return tests;
  }

  private static Path folder() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw"))) {
      root = root.getParent();
    }
    return root.resolve(System.getProperty("fixtures", "../shared/fixtures")).normalize();
  }

  private static void check(JsonNode example) {
    JsonNode inputs = example.path("inputs");
    JsonNode parameters = example.path("parameters");
    FIXED.forEach(
        (name, value) ->
            assertThat(parameters.path(name).asDouble(value)).as(name).isEqualTo(value));
    JsonNode expected = example.path("expected");
    String kind = parameters.path("kind").asText();
    switch (kind) {
      case "set_timesteps" -> checkTimesteps(sampler(parameters), expected);
      case "trajectory" -> checkTrajectory(sampler(parameters), inputs, parameters, expected);
      case "add_noise_and_velocity" -> checkNoise(schedule(parameters), inputs, expected);
      case "noise_image_embeddings" -> checkEmbeddings(inputs, parameters, expected);
      case "level_embedding" -> checkLevels(inputs, parameters, expected);
      default -> throw new AssertionError("No test for " + kind);
    }
  }

  private static void checkTimesteps(DdimSampler sampler, JsonNode expected) {
    expected
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (key.startsWith("timesteps_")) {
                int steps = Integer.parseInt(key.substring("timesteps_".length()));
                assertThat(sampler.timesteps(steps))
                    .as(key)
                    .containsExactly(integers(expected, key));
              }
            });
    float[] betas = new float[expected.path("indices").size()];
    float[] alphas = new float[betas.length];
    for (int i = 0; i < betas.length; i++) {
      int timestep = expected.path("indices").get(i).asInt();
      betas[i] = (float) sampler.schedule().beta(timestep);
      alphas[i] = (float) sampler.schedule().cumulativeAlpha(timestep);
    }
    expectNear(betas, floats(expected.path("betas_at_indices")), ALPHA_TOLERANCE);
    expectNear(alphas, floats(expected.path("alphas_cumprod_at_indices")), ALPHA_TOLERANCE);
    assertThat(sampler.finalCumulativeAlpha())
        .isCloseTo(expected.path("final_alpha_cumprod").asDouble(), within(ALPHA_TOLERANCE));
  }

  private static void checkTrajectory(
      DdimSampler sampler, JsonNode inputs, JsonNode parameters, JsonNode expected) {
    assertThat(parameters.path("eta").asDouble()).isZero();
    int steps = parameters.path("steps").asInt();
    int[] timesteps = sampler.timesteps(steps);
    assertThat(timesteps).containsExactly(integers(expected, "timesteps"));
    float[] expectedSamples = floats(expected.path("sample_after_each_step"));
    float[] sample = floats(inputs.path("start"));
    float[] original = sample;
    assertThat(expectedSamples).hasSize(timesteps.length * sample.length);
    for (int i = 0; i < timesteps.length; i++) {
      float[] output = model(sample, timesteps[i], parameters);
      DdimSampler.Step step = sampler.step(sample, output, timesteps[i], steps);
      sample = step.previous();
      original = step.original();
      expectNear(
          sample,
          Arrays.copyOfRange(expectedSamples, i * sample.length, (i + 1) * sample.length),
          TRAJECTORY_TOLERANCE);
    }
    expectNear(original, floats(expected.path("predicted_x0_last_step")), TRAJECTORY_TOLERANCE);
  }

  private static float[] model(float[] sample, int timestep, JsonNode parameters) {
    double scale = parameters.path("model_scale").asDouble();
    double sine =
        parameters.path("model_sine").asDouble()
            * Math.sin(timestep / parameters.path("model_divisor").asDouble());
    float[] output = new float[sample.length];
    for (int i = 0; i < output.length; i++) {
      output[i] = (float) (scale * sample[i] + sine);
    }
    return output;
  }

  private static void checkNoise(NoiseSchedule schedule, JsonNode inputs, JsonNode expected) {
    int[] timesteps = integers(inputs, "timesteps");
    for (int row = 0; row < timesteps.length; row++) {
      float[] original = row(inputs.path("original"), row);
      float[] noise = row(inputs.path("noise"), row);
      expectNear(
          schedule.addNoise(original, noise, timesteps[row]),
          row(expected.path("noisy"), row),
          NOISE_TOLERANCE);
      expectNear(
          schedule.velocity(original, noise, timesteps[row]),
          row(expected.path("velocity"), row),
          NOISE_TOLERANCE);
    }
  }

  private static void checkEmbeddings(JsonNode inputs, JsonNode parameters, JsonNode expected) {
    NoiseSchedule schedule = schedule(parameters);
    EmbeddingNoise embeddingNoise =
        new EmbeddingNoise(schedule, row(inputs.path("mean"), 0), row(inputs.path("std"), 0));
    int[] levels = integers(expected, "levels");
    float[] alphas = floats(expected.path("alphas_cumprod_at_levels"));
    int batch = inputs.at("/image_embeds/shape/0").asInt();
    float[] all = floats(expected.path("noised_then_level_embedding"));
    int length = all.length / levels.length / batch;
    for (int i = 0; i < levels.length; i++) {
      assertThat(schedule.cumulativeAlpha(levels[i])).isCloseTo(alphas[i], within(ALPHA_TOLERANCE));
      for (int row = 0; row < batch; row++) {
        float[] condition =
            embeddingNoise.condition(
                row(inputs.path("image_embeds"), row), row(inputs.path("noise"), row), levels[i]);
        int start = (i * batch + row) * length;
        expectNear(
            Arrays.copyOf(condition, length / 2),
            Arrays.copyOfRange(all, start, start + length / 2),
            NOISE_TOLERANCE);
        expectNear(
            Arrays.copyOfRange(condition, length / 2, length),
            Arrays.copyOfRange(all, start + length / 2, start + length),
            LEVEL_TOLERANCE);
      }
    }
  }

  private static void checkLevels(JsonNode inputs, JsonNode parameters, JsonNode expected) {
    float[] levels = floats(inputs.path("levels"));
    for (int row = 0; row < levels.length; row++) {
      expectNear(
          EmbeddingNoise.levelEmbedding(levels[row], parameters.path("embedding_dim").asInt()),
          row(expected.path("embedding"), row),
          LEVEL_TOLERANCE);
    }
  }

  private static DdimSampler sampler(JsonNode parameters) {
    NoiseSchedule schedule = schedule(parameters);
    String prediction = parameters.path("prediction_type").asText();
    String spacing = parameters.path("timestep_spacing").asText();
    return new DdimSampler(
        schedule,
        switch (prediction) {
          case "epsilon" -> Prediction.EPSILON;
          case "v_prediction" -> Prediction.V;
          default -> throw new AssertionError("No test for prediction " + prediction);
        },
        switch (spacing) {
          case "trailing" -> new Spacing.Trailing();
          case "leading" -> new Spacing.Leading(parameters.path("steps_offset").asInt());
          default -> throw new AssertionError("No test for spacing " + spacing);
        },
        parameters.path("set_alpha_to_one").asBoolean() ? 1 : schedule.cumulativeAlpha(0));
  }

  private static NoiseSchedule schedule(JsonNode parameters) {
    int timesteps = parameters.path("num_train_timesteps").asInt();
    String name = parameters.path("beta_schedule").asText();
    NoiseSchedule schedule =
        switch (name) {
          case "scaled_linear" ->
              NoiseSchedule.scaledLinear(
                  timesteps,
                  parameters.path("beta_start").asDouble(),
                  parameters.path("beta_end").asDouble());
          case "squaredcos_cap_v2" -> NoiseSchedule.squaredCosine(timesteps);
          default -> throw new AssertionError("No test for schedule " + name);
        };
    return parameters.path("rescale_betas_zero_snr").asBoolean()
        ? schedule.withZeroTerminalSignal()
        : schedule;
  }

  /** Within the tolerance times the larger of one and the number's own size. */
  private static void expectNear(float[] actual, float[] expected, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i])
          .as("number %d", i)
          .isCloseTo(expected[i], within(tolerance * Math.max(1, Math.abs(expected[i]))));
    }
  }

  private static float[] floats(JsonNode tensor) {
    JsonNode data = tensor.path("data");
    assertThat(data).isNotEmpty();
    float[] numbers = new float[data.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = data.get(i).floatValue();
    }
    return numbers;
  }

  private static float[] row(JsonNode tensor, int row) {
    float[] numbers = floats(tensor);
    int length = numbers.length / tensor.at("/shape/0").asInt();
    return Arrays.copyOfRange(numbers, row * length, (row + 1) * length);
  }

  private static int[] integers(JsonNode parent, String key) {
    JsonNode node = parent.path(key).has("data") ? parent.path(key).path("data") : parent.path(key);
    int[] integers = new int[node.size()];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = node.get(i).asInt();
    }
    return integers;
  }
}
