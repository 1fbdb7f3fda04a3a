package io.viewstream.trainer.ssl.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.viewstream.trainer.fixtures.FixtureTensor;
import io.viewstream.trainer.fixtures.Fixtures;
import io.viewstream.trainer.fixtures.Fixtures.Case;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Momentum targets, schedules and LARS against those of solo-learn. */
class OptimizerFixtureTest {

  private static final String FILE = "ema-and-schedules.json";

  @TestFactory
  Stream<DynamicTest> shouldEqualThePeersMomentumTarget() {
    return Fixtures.tests(FILE, kind("ema"), OptimizerFixtureTest::checkMomentumTarget);
  }

  @TestFactory
  Stream<DynamicTest> shouldEqualThePeersLearningRate() {
    return Fixtures.tests(FILE, kind("warmup-cosine"), OptimizerFixtureTest::checkSchedule);
  }

  @TestFactory
  Stream<DynamicTest> shouldEqualThePeersLars() {
    return Fixtures.tests(FILE, kind("lars"), OptimizerFixtureTest::checkLars);
  }

  @TestFactory
  Stream<DynamicTest> shouldKnowEveryKind() {
    return Fixtures.tests(
        FILE,
        example -> !List.of("ema", "warmup-cosine", "lars").contains(example.text("kind")),
        example -> {
          throw new AssertionError("No test for the kind " + example.text("kind"));
        });
  }

  private static java.util.function.Predicate<Case> kind(String kind) {
    return example -> kind.equals(example.text("kind"));
  }

  private static void checkMomentumTarget(Case example) {
    MomentumSchedule schedule =
        new MomentumSchedule(
            example.parameter("base_tau"),
            example.parameter("final_tau"),
            (long) example.parameter("max_steps"));
    long before = (long) example.parameter("steps_done_before");
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray target = example.input("target_before").create(manager);
      for (int step = 0; step < (int) example.parameter("steps"); step++) {
        double momentum = schedule.momentum(before + step);
        FixtureTensor.assertClose(
            "τ of step " + step, momentum, example.expectedTensor("tau_used").values()[step], 1e-8);
        FixtureTensor.assertClose(
            "τ after step " + step,
            schedule.momentum(before + step + 1),
            example.expectedTensor("tau_after_step").values()[step],
            1e-8);
        NDArray online = example.input("online_per_step").part(step).create(manager);
        new MomentumTarget(List.of(online), List.of(target)).follow(momentum);
        example
            .expectedTensor("target_after_each_step")
            .part(step)
            .assertMatches("target after step " + step, target.toFloatArray(), 2e-6);
      }
    }
  }

  private static void checkSchedule(Case example) {
    WarmupCosineSchedule schedule =
        new WarmupCosineSchedule(
            example.parameter("warmup_start_lr"),
            example.parameter("base_lr"),
            example.parameter("eta_min"),
            (long) example.parameter("warmup_steps"),
            (long) example.parameter("total_steps"));
    double[] expected = example.expectedTensor("lr_for_step_0_to_total").values();
    for (int step = 0; step < expected.length; step++) {
      FixtureTensor.assertClose("rate of step " + step, schedule.rate(step), expected[step], 1e-8);
    }
  }

  private static void checkLars(Case example) {
    assertThat(example.parameters().path("nesterov").asBoolean()).as("nesterov").isFalse();
    assertThat(example.parameters().path("dampening").asDouble()).as("dampening").isZero();
    try (NDManager manager = NDManager.newBaseManager()) {
      Map<String, NDArray> parameters = new LinkedHashMap<>();
      // weight_2d, bias_1d: the name before the number of dimensions is that of the results.
      Fixtures.tensors(example.inputs())
          .forEach(
              (key, tensor) -> {
                if (key.matches("[a-z]+_[0-9]d")) {
                  parameters.put(key.substring(0, key.indexOf('_')), tensor.create(manager));
                }
              });
      assertThat(parameters).as("parameters of " + example.name()).isNotEmpty();
      parameters.values().forEach(parameter -> parameter.setRequiresGradient(true));
      Lars.Settings settings =
          new Lars.Settings(
              example.parameter("momentum"),
              example.parameter("weight_decay"),
              example.parameter("eta"),
              example.parameters().get("clip_lr").asBoolean(),
              example.parameters().get("exclude_bias_n_norm").asBoolean());
      try (Optimizer optimizer = new Lars(manager, parameters, settings)) {
        for (int step = 0; step < (int) example.parameter("steps"); step++) {
          try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray weighted = manager.create(0f);
            for (String name : parameters.keySet()) {
              weighted = weighted.add(weighted(example, name, step, parameters));
            }
            collector.backward(weighted);
          }
          optimizer.step(name -> example.parameter("lr"));
          for (String name : parameters.keySet()) {
            assertAfterStep(example, name, step, parameters.get(name));
            assertAfterStep(example, "momentum_" + name, step, optimizer.state().get(name));
          }
        }
      }
    }
  }

  /** Without momentum the peer keeps no buffer of it. */
  private static void assertAfterStep(Case example, String name, int step, NDArray actual) {
    String key = name + "_after_each_step";
    if (example.expected().has(key) || !name.startsWith("momentum_")) {
      example
          .expectedTensor(key)
          .part(step)
          .assertMatches(name + " after step " + step, actual.toFloatArray(), 2e-6);
    }
  }

  /** Σ gᵢ pᵢ, whose gradient is the wanted one. */
  private static NDArray weighted(
      Case example, String name, int step, Map<String, NDArray> parameters) {
    NDArray parameter = parameters.get(name);
    NDArray gradient =
        example.input("grad_" + name + "_per_step").part(step).create(parameter.getManager());
    return parameter.mul(gradient).sum();
  }
}
