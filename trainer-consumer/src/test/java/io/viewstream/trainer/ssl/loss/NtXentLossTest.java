package io.viewstream.trainer.ssl.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.viewstream.trainer.fixtures.FixtureTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The loss against the formula of the paper, written out in loops over doubles. */
class NtXentLossTest {

  private static final int N = 6;
  private static final int D = 5;
  private static final long SEED = 42;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void shouldEqualTheFormulaAndItsDifferences() {
    for (double temperature : new double[] {0.05, 0.2, 1}) {
      double[][] rows = rows(1);
      GradientProbe probe = probe(rows, temperature);
      FixtureTensor.assertClose(
          "loss at seed " + SEED, probe.loss(), reference(rows, temperature), 5e-6);
      for (int row = 0; row < 2 * N; row++) {
        float[] gradient = probe.gradients().get(row < N ? "first" : "second");
        for (int column = 0; column < D; column++) {
          double difference = difference(rows, row, column, temperature);
          FixtureTensor.assertClose(
              "gradient (%d, %d) at τ %s, seed %d".formatted(row, column, temperature, SEED),
              gradient[(row % N) * D + column],
              difference,
              2e-5);
        }
      }
    }
  }

  @Test
  void shouldNotDependOnTheLengthOfRowsNorOnTheOrderOfViews() {
    double[][] rows = rows(1);
    float loss = probe(rows, 0.2).loss();
    assertThat((double) probe(rows(1000), 0.2).loss()).isCloseTo(loss, offset());
    double[][] swapped = new double[2 * N][];
    for (int i = 0; i < 2 * N; i++) {
      swapped[i] = rows[(i + N) % (2 * N)];
    }
    assertThat((double) probe(swapped, 0.2).loss()).isCloseTo(loss, offset());
  }

  @Test
  void shouldStayFiniteWhereExponentialsAreNot() {
    float loss = probe(rows(1), 0.001).loss();
    assertThat(loss).isFinite();
    FixtureTensor.assertClose("loss", loss, reference(rows(1), 0.001), 2e-5);
  }

  @Test
  void shouldRefuseATemperatureThatIsNotPositive() {
    assertThatThrownBy(() -> new NtXentLoss(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("temperature is 0.0");
  }

  private GradientProbe probe(double[][] rows, double temperature) {
    Map<String, NDArray> inputs = new LinkedHashMap<>();
    inputs.put("first", tensor(rows, 0));
    inputs.put("second", tensor(rows, N));
    return GradientProbe.of(
        manager,
        inputs,
        tensors -> new NtXentLoss(temperature).loss(tensors.get("first"), tensors.get("second")));
  }

  private NDArray tensor(double[][] rows, int from) {
    float[] values = new float[N * D];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rows[from + i / D][i % D];
    }
    return manager.create(values, new Shape(N, D));
  }

  private static double[][] rows(double scale) {
    Random random = new Random(SEED);
    double[][] rows = new double[2 * N][D];
    for (double[] row : rows) {
      for (int i = 0; i < D; i++) {
        row[i] = scale * (float) random.nextGaussian();
      }
    }
    return rows;
  }

  private static double reference(double[][] rows, double temperature) {
    double sum = 0;
    for (int i = 0; i < 2 * N; i++) {
      double others = 0;
      double largest = -1 / temperature;
      for (int k = 0; k < 2 * N; k++) {
        largest = k == i ? largest : Math.max(largest, cosine(rows[i], rows[k]) / temperature);
      }
      for (int k = 0; k < 2 * N; k++) {
        others += k == i ? 0 : Math.exp(cosine(rows[i], rows[k]) / temperature - largest);
      }
      sum += Math.log(others) + largest - cosine(rows[i], rows[(i + N) % (2 * N)]) / temperature;
    }
    return sum / (2 * N);
  }

  private static double difference(double[][] rows, int row, int column, double temperature) {
    double step = 1e-6;
    double value = rows[row][column];
    rows[row][column] = value + step;
    double above = reference(rows, temperature);
    rows[row][column] = value - step;
    double below = reference(rows, temperature);
    rows[row][column] = value;
    return (above - below) / (2 * step);
  }

  private static double cosine(double[] a, double[] b) {
    double product = 0;
    double squareA = 0;
    double squareB = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      squareA += a[i] * a[i];
      squareB += b[i] * b[i];
    }
    return product / Math.sqrt(squareA * squareB);
  }

  private static org.assertj.core.data.Offset<Double> offset() {
    return org.assertj.core.data.Offset.offset(5e-6);
  }
}
