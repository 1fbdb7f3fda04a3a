package io.viewstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.viewstream.trainer.fixtures.FixtureTensor;
import io.viewstream.trainer.fixtures.Fixtures;
import io.viewstream.trainer.fixtures.Fixtures.Case;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Weighted nearest neighbours against solo-learn's, steps of the linear probe against torch's. */
class EvaluationFixtureTest {

  private static final String FILE = "linear-probe-and-knn.json";
  private static final Pattern TOP_K = Pattern.compile("top(\\d+)_percent");

  @TestFactory
  Stream<DynamicTest> shouldEqualThePeersNearestNeighbours() {
    return Fixtures.tests(
        FILE,
        example -> example.text("kind").equals("weighted-knn"),
        EvaluationFixtureTest::checkNeighbours);
  }

  @TestFactory
  Stream<DynamicTest> shouldEqualThePeersLinearProbe() {
    return Fixtures.tests(
        FILE,
        example -> example.text("kind").equals("linear-probe"),
        EvaluationFixtureTest::checkProbe);
  }

  @TestFactory
  Stream<DynamicTest> shouldKnowEveryKind() {
    return Fixtures.tests(
        FILE,
        example -> !List.of("weighted-knn", "linear-probe").contains(example.text("kind")),
        example -> {
          throw new AssertionError("No test for the kind " + example.text("kind"));
        });
  }

  private static void checkNeighbours(Case example) {
    assertThat(example.text("distance")).isEqualTo("cosine");
    FixtureTensor shares = example.expectedTensor("class_weight_sums_divided_by_row_total");
    int classes = (int) shares.shape()[1];
    LabelledFeatures train = features(example, "train");
    LabelledFeatures test = features(example, "test");
    NearestNeighbours neighbours =
        new NearestNeighbours((int) example.parameter("k"), example.parameter("temperature"));
    try (NDManager manager = NDManager.newBaseManager()) {
      double[][] votes = neighbours.votes(manager, train, test, classes);
      for (int row = 0; row < votes.length; row++) {
        for (int i = 0; i < classes; i++) {
          FixtureTensor.assertClose(
              "share (%d, %d)".formatted(row, i),
              votes[row][i],
              shares.values()[row * classes + i],
              1e-5);
        }
      }
      assertThat(Predictions.largest(votes))
          .isEqualTo(example.expectedTensor("predicted_class").integers());
      assertThat(100 * neighbours.top1(manager, train, test, classes))
          .isCloseTo(example.expected().get("top1_percent").asDouble(), offset(1e-4));
    }
  }

  private static void checkProbe(Case example) {
    assertThat(example.text("optimizer")).isEqualTo("sgd");
    assertThat(example.text("batch")).isEqualTo("full");
    LabelledFeatures train = features(example, "train");
    LabelledFeatures test = features(example, "test");
    try (NDManager manager = NDManager.newBaseManager();
        LinearClassifier classifier =
            new LinearClassifier(
                manager,
                example.input("initial_weight").create(manager),
                example.input("initial_bias").create(manager),
                example.parameter("momentum"),
                example.parameter("weight_decay"))) {
      for (int step = 0; step < (int) example.parameter("steps"); step++) {
        float loss =
            classifier.step(
                train.rows(manager, 0, train.count()), train.labels(), example.parameter("lr"));
        FixtureTensor.assertClose(
            "loss of step " + step,
            loss,
            example.expectedTensor("loss_before_each_step").values()[step],
            1e-5);
        example
            .expectedTensor("weight_after_each_step")
            .part(step)
            .assertMatches("weight after step " + step, classifier.weight().toFloatArray(), 1e-5);
        example
            .expectedTensor("bias_after_each_step")
            .part(step)
            .assertMatches("bias after step " + step, classifier.bias().toFloatArray(), 1e-5);
      }
      NDArray logits = classifier.logits(test.rows(manager, 0, test.count()));
      example.expectedTensor("test_logits").assertMatches("logits", logits.toFloatArray(), 1e-5);
      int[] predicted =
          Arrays.stream(logits.argMax(1).toLongArray()).mapToInt(Math::toIntExact).toArray();
      assertThat(predicted).isEqualTo(example.expectedTensor("predicted_class").integers());
      checkAccuracies(example, logits.toFloatArray(), predicted, test.labels());
    }
  }

  /** Every {@code top<k>_percent} that the case has. */
  private static void checkAccuracies(Case example, float[] logits, int[] predicted, int[] labels) {
    assertThat(100 * Predictions.top1(predicted, labels))
        .isCloseTo(example.expected().get("top1_percent").asDouble(), offset(1e-4));
    int classes = logits.length / labels.length;
    double[][] scores = new double[labels.length][classes];
    for (int i = 0; i < logits.length; i++) {
      scores[i / classes][i % classes] = logits[i];
    }
    Iterator<String> keys = example.expected().fieldNames();
    while (keys.hasNext()) {
      Matcher key = TOP_K.matcher(keys.next());
      if (key.matches()) {
        assertThat(100 * Predictions.topK(scores, labels, Integer.parseInt(key.group(1))))
            .as(key.group())
            .isCloseTo(example.expected().get(key.group()).asDouble(), offset(1e-4));
      }
    }
  }

  private static LabelledFeatures features(Case example, String part) {
    FixtureTensor features = example.input(part + "_features");
    return new LabelledFeatures(
        features.floats(), (int) features.shape()[1], example.input(part + "_targets").integers());
  }
}
