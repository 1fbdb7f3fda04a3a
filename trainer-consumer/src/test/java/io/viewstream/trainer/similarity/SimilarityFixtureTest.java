package io.viewstream.trainer.similarity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.viewstream.trainer.fixtures.FixtureTensor;
import io.viewstream.trainer.fixtures.Fixtures;
import io.viewstream.trainer.fixtures.Fixtures.Case;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Linear CKA and Procrustes distance against sim_metric's. */
class SimilarityFixtureTest {

  private static final double TOLERANCE = 1e-7;

  @TestFactory
  Stream<DynamicTest> shouldEqualThePeersNumbers() {
    return Fixtures.tests(
        "representation-similarity.json", example -> true, SimilarityFixtureTest::check);
  }

  private static void check(Case example) {
    assertThat(example.text("kind")).isEqualTo("cka-and-procrustes");
    assertThat(example.text("layout")).isEqualTo("rows x features");
    FixtureTensor left = example.input("a");
    FixtureTensor right = example.input("b");
    int rows = (int) left.shape()[0];
    PairedFeatures features = new PairedFeatures((int) left.shape()[1], (int) right.shape()[1]);
    // In two parts, as batches come.
    int first = rows / 3;
    add(features, left, right, 0, first);
    add(features, left, right, first, rows);
    Similarity similarity = features.compare();
    expect(example, "linear_cka", similarity.linearCka());
    expect(example, "procrustes_distance", similarity.procrustesDistance());
  }

  private static void add(
      PairedFeatures features, FixtureTensor left, FixtureTensor right, int from, int to) {
    if (to > from) {
      features.add(part(left, from, to), part(right, from, to), to - from);
    }
  }

  private static double[] part(FixtureTensor tensor, int from, int to) {
    int columns = (int) tensor.shape()[1];
    return java.util.Arrays.copyOfRange(tensor.values(), from * columns, to * columns);
  }

  private static void expect(Case example, String key, double actual) {
    FixtureTensor.assertClose(key, actual, example.expected().get(key).asDouble(), TOLERANCE);
    JsonNode exact = example.expected().path("exact_limit_" + key);
    if (!exact.isMissingNode()) {
      FixtureTensor.assertClose("exact " + key, actual, exact.asDouble(), TOLERANCE);
    }
  }
}
