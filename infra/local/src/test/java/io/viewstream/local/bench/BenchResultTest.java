package io.viewstream.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchResultTest {

  private static final Measurement STAGE = new Measurement("stage", "views", 400, 4_000_000, 2, 3);
  private static final Measurement BOUND = new Measurement("bound", "views", 1000, 0, 4, 5);

  private final BenchResult result =
      new BenchResult("stream", STAGE, List.of(BOUND), Map.of("generator", "drawn"));

  @Test
  void shouldGiveRatesAndRatiosOfWallAndProcessorTime() {
    assertThat(STAGE.perSecond()).isEqualTo(200);
    assertThat(STAGE.cpuSecondsPerThousand()).isEqualTo(7.5);
    assertThat(STAGE.ratioTo(BOUND)).isEqualTo(0.8);
    assertThat(STAGE.cpuRatioTo(BOUND)).isEqualTo(5 / 7.5);
  }

  @Test
  void shouldReportUnderTheKeysOfTheCommandLine() {
    Map<String, Object> report = result.report().entries();

    assertThat(report)
        .containsEntry("benchmark", "stream")
        .containsEntry("viewsPerSecond", 200.0)
        .containsEntry("bytesPerSecond", 2e6)
        .containsEntry("cpuSeconds", 3.0)
        .containsEntry("cpuSecondsPer1000Views", 7.5)
        .containsEntry("generator", "drawn");
    assertThat((List<?>) report.get("bounds"))
        .singleElement()
        .isInstanceOfSatisfying(
            Map.class,
            bound -> assertThat(bound.get("ratio")).as("ratio to the bound").isEqualTo(0.8));
  }

  @Test
  void shouldShowStageAndBoundInATable() {
    assertThat(result.text().lines().toList())
        .anySatisfy(line -> assertThat(line).startsWith("stage").contains("200.0", "2.0", "7.500"))
        .anySatisfy(line -> assertThat(line).startsWith("bound").contains("250.0", "0.80", "0.67"))
        .contains("generator: drawn");
  }
}
