package io.viewstream.trainer.ssl.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.viewstream.trainer.fixtures.FixtureTensor;
import io.viewstream.trainer.fixtures.Fixtures;
import io.viewstream.trainer.fixtures.Fixtures.Case;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Values and gradients of every loss against those of solo-learn. */
class LossFixtureTest {

  /**
   * Gradients that cancel to nothing (two images, normalised over the batch) keep their rounding.
   */
  private static final double SMALLEST = 1e-8;

  @TestFactory
  Stream<DynamicTest> shouldEqualThePeersLossAndGradients() {
    return Fixtures.tests(
        "ssl-losses.json", example -> example.parameters().has("loss"), LossFixtureTest::check);
  }

  /** The queue's own test takes those without a loss. */
  @TestFactory
  Stream<DynamicTest> shouldKnowEveryCase() {
    return Fixtures.tests(
        "ssl-losses.json",
        example -> !example.parameters().has("loss") && !example.inputs().has("keys_batches"),
        example ->
            fail(
                "No test for the case %s with the parameters %s",
                example.name(), example.parameters()));
  }

  private static void check(Case example) {
    try (NDManager manager = NDManager.newBaseManager()) {
      Map<String, NDArray> inputs = new LinkedHashMap<>();
      Fixtures.tensors(example.inputs())
          .forEach((name, tensor) -> inputs.put(name, tensor.create(manager)));
      GradientProbe probe = GradientProbe.of(manager, inputs, tensors -> loss(example, tensors));
      FixtureTensor.assertClose(
          "loss", probe.loss(), example.expected().get("loss").asDouble(), 5e-6);
      probe
          .gradients()
          .forEach(
              (name, gradient) -> {
                if (example.expected().has("grad_" + name)) {
                  FixtureTensor expected = example.expectedTensor("grad_" + name);
                  double tolerance =
                      Math.max(SMALLEST, Math.min(5e-6, 1e-4 * expected.largestMagnitude()));
                  expected.assertMatches("gradient of " + name, gradient, tolerance);
                } else if (stopped(example).contains(name)) {
                  assertThat(gradient).as("stopped gradient of %s", name).containsOnly(0);
                }
              });
    }
  }

  private static List<String> stopped(Case example) {
    List<String> names = new ArrayList<>();
    example.expected().path("stop_gradient").forEach(name -> names.add(name.asText()));
    return names;
  }

  private static NDArray loss(Case example, Map<String, NDArray> inputs) {
    return switch (example.text("loss")) {
      case "simclr" ->
          new NtXentLoss(example.parameter("temperature")).loss(inputs.get("z1"), inputs.get("z2"));
      case "byol" -> byol(inputs);
      case "simsiam" -> simSiam(inputs);
      case "moco" -> moco(example, inputs);
      case "barlow_twins" ->
          new BarlowTwinsLoss(example.parameter("lambda"), example.parameter("scale_loss"))
              .loss(inputs.get("z1"), inputs.get("z2"));
      default -> fail("No loss is known for %s", example.text("loss"));
    };
  }

  private static NDArray byol(Map<String, NDArray> inputs) {
    ByolLoss loss = new ByolLoss();
    if (!inputs.containsKey("p1")) {
      return loss.loss(inputs.get("p"), inputs.get("z"));
    }
    return loss.loss(inputs.get("p2"), inputs.get("z1_momentum"))
        .add(loss.loss(inputs.get("p1"), inputs.get("z2_momentum")));
  }

  private static NDArray simSiam(Map<String, NDArray> inputs) {
    NegativeCosineLoss loss = new NegativeCosineLoss();
    if (!inputs.containsKey("p1")) {
      return loss.loss(inputs.get("p"), inputs.get("z"));
    }
    return loss.loss(inputs.get("p1"), inputs.get("z2"))
        .add(loss.loss(inputs.get("p2"), inputs.get("z1")))
        .div(Scalar.beside(inputs.get("p1"), 2));
  }

  private static NDArray moco(Case example, Map<String, NDArray> inputs) {
    NDArray query = inputs.get("query");
    NDArray key = inputs.get("key");
    if (example.parameters().get("normalise_query_and_key_first").asBoolean()) {
      query = UnitRows.of(query);
      key = UnitRows.of(key);
    }
    return new InfoNceLoss(example.parameter("temperature")).loss(query, key, inputs.get("queue"));
  }
}
