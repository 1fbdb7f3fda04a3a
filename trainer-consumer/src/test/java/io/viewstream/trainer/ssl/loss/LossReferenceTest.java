package io.viewstream.trainer.ssl.loss;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.viewstream.trainer.fixtures.FixtureTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/**
 * The other losses against their papers' formulas in loops over doubles, with gradients by
 * differences.
 */
class LossReferenceTest {

  private static final int N = 5;
  private static final int D = 4;
  private static final int K = 7;
  private static final long SEED = 11;

  @Test
  void shouldEqualTheFormulaOfByolAndSimSiam() {
    check(
        inputs("predicted", "target"),
        tensors -> new NegativeCosineLoss().loss(tensors.get("predicted"), tensors.get("target")),
        values -> -meanCosine(values),
        "predicted");
    check(
        inputs("predicted", "target"),
        tensors -> new ByolLoss().loss(tensors.get("predicted"), tensors.get("target")),
        values -> 2 - 2 * meanCosine(values),
        "predicted");
  }

  @Test
  void shouldEqualTheFormulaOfMoco() {
    Map<String, double[][]> inputs = inputs("query", "key");
    inputs.put("queue", matrix(new Random(SEED + 9), D, K));
    check(
        inputs,
        tensors ->
            new InfoNceLoss(0.3)
                .loss(tensors.get("query"), tensors.get("key"), tensors.get("queue")),
        values -> {
          double sum = 0;
          for (int i = 0; i < N; i++) {
            double positive = dot(values.get("query")[i], values.get("key")[i]) / 0.3;
            double all = Math.exp(positive);
            for (int k = 0; k < K; k++) {
              double negative = 0;
              for (int d = 0; d < D; d++) {
                negative += values.get("query")[i][d] * values.get("queue")[d][k] / 0.3;
              }
              all += Math.exp(negative);
            }
            sum += Math.log(all) - positive;
          }
          return sum / N;
        },
        "query");
  }

  @Test
  void shouldEqualTheFormulaOfBarlowTwins() {
    check(
        inputs("first", "second"),
        tensors -> new BarlowTwinsLoss(0.01, 0.5).loss(tensors.get("first"), tensors.get("second")),
        values -> {
          double[][] a = overBatch(values.get("first"));
          double[][] b = overBatch(values.get("second"));
          double sum = 0;
          for (int i = 0; i < D; i++) {
            for (int j = 0; j < D; j++) {
              double correlation = 0;
              for (int n = 0; n < N; n++) {
                correlation += a[n][i] * b[n][j] / N;
              }
              sum += i == j ? Math.pow(correlation - 1, 2) : 0.01 * correlation * correlation;
            }
          }
          return 0.5 * sum;
        },
        "first",
        "second");
  }

  private static void check(
      Map<String, double[][]> inputs,
      Function<Map<String, NDArray>, NDArray> loss,
      ToDoubleFunction<Map<String, double[][]>> reference,
      String... trained) {
    try (NDManager manager = NDManager.newBaseManager()) {
      Map<String, NDArray> tensors = new LinkedHashMap<>();
      inputs.forEach((name, rows) -> tensors.put(name, tensor(manager, rows)));
      GradientProbe probe = GradientProbe.of(manager, tensors, loss);
      FixtureTensor.assertClose(
          "loss at seed " + SEED, probe.loss(), reference.applyAsDouble(inputs), 5e-6);
      probe
          .gradients()
          .forEach(
              (name, gradient) -> {
                if (!java.util.List.of(trained).contains(name)) {
                  assertThat(gradient).as("stopped gradient of %s", name).containsOnly(0);
                  return;
                }
                double[][] rows = inputs.get(name);
                for (int i = 0; i < rows.length; i++) {
                  for (int j = 0; j < rows[i].length; j++) {
                    FixtureTensor.assertClose(
                        "gradient of %s (%d, %d), seed %d".formatted(name, i, j, SEED),
                        gradient[i * rows[i].length + j],
                        difference(inputs, rows, i, j, reference),
                        2e-5);
                  }
                }
              });
    }
  }

  private static double difference(
      Map<String, double[][]> inputs,
      double[][] rows,
      int i,
      int j,
      ToDoubleFunction<Map<String, double[][]>> reference) {
    double step = 1e-6;
    double value = rows[i][j];
    rows[i][j] = value + step;
    double above = reference.applyAsDouble(inputs);
    rows[i][j] = value - step;
    double below = reference.applyAsDouble(inputs);
    rows[i][j] = value;
    return (above - below) / (2 * step);
  }

  private static double meanCosine(Map<String, double[][]> values) {
    double sum = 0;
    for (int i = 0; i < N; i++) {
      double[] a = values.get("predicted")[i];
      double[] b = values.get("target")[i];
      sum += dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)) / N;
    }
    return sum;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double[][] overBatch(double[][] rows) {
    double[][] normalised = new double[N][D];
    for (int d = 0; d < D; d++) {
      double mean = 0;
      double variance = 0;
      for (double[] row : rows) {
        mean += row[d] / N;
      }
      for (double[] row : rows) {
        variance += Math.pow(row[d] - mean, 2) / N;
      }
      for (int n = 0; n < N; n++) {
        normalised[n][d] = (rows[n][d] - mean) / Math.sqrt(variance + 1e-5);
      }
    }
    return normalised;
  }

  private static Map<String, double[][]> inputs(String first, String second) {
    Map<String, double[][]> inputs = new LinkedHashMap<>();
    inputs.put(first, matrix(new Random(SEED), N, D));
    inputs.put(second, matrix(new Random(SEED + 1), N, D));
    return inputs;
  }

  private static double[][] matrix(Random random, int rows, int columns) {
    double[][] matrix = new double[rows][columns];
    for (double[] row : matrix) {
      for (int i = 0; i < columns; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    return matrix;
  }

  private static NDArray tensor(NDManager manager, double[][] rows) {
    float[] values = new float[rows.length * rows[0].length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rows[i / rows[0].length][i % rows[0].length];
    }
    return manager.create(values, new Shape(rows.length, rows[0].length));
  }
}
