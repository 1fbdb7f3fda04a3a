package io.viewstream.local.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChartScaleTest {

  private static List<String> labels(double low, double high, int ticks) {
    ChartScale scale = ChartScale.around(low, high, ticks);
    return scale.ticks().stream().map(scale::label).toList();
  }

  @Test
  void shouldEndOnRoundNumbersAroundTheValues() {
    assertThat(labels(2.13, 5.07, 5)).containsExactly("2", "3", "4", "5", "6");
    assertThat(labels(0.012, 0.047, 5)).containsExactly("0.01", "0.02", "0.03", "0.04", "0.05");
    assertThat(labels(-0.1, 0.1, 4)).containsExactly("-0.10", "-0.05", "0.00", "0.05", "0.10");
    assertThat(labels(0, 1_250, 6)).containsExactly("0", "500", "1000", "1500");
  }

  @Test
  void shouldHaveAnExtentEvenWhenAllValuesAreEqual() {
    Stream.of(0.0, 1.0, -3.5)
        .forEach(
            value -> {
              ChartScale scale = ChartScale.around(value, value, 5);
              assertThat(scale.to()).isGreaterThan(scale.from());
              assertThat(scale.position(value)).isBetween(-1e-9, 1 + 1e-9);
            });
  }
}
