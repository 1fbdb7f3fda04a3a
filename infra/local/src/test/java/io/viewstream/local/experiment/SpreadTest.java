package io.viewstream.local.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

  @Test
  void shouldHaveTheSampleDeviation() {
    Spread spread = Spread.of(List.of(0.40, 0.42, 0.47));
    assertThat(spread.mean()).isEqualTo(0.43, within(1e-12));
    // ((.03)² + (.01)² + (.04)²) / 2 = .0013
    assertThat(spread.deviation()).isEqualTo(Math.sqrt(0.0013), within(1e-12));
    assertThat(spread.count()).isEqualTo(3);
    assertThat(spread.percent()).isEqualTo("43.0 ± 3.6");
    assertThat(Spread.of(List.of(-0.01, 0.02)).points()).isEqualTo("+0.5 ± 2.1");
  }

  @Test
  void shouldSayNothingOfTheSpreadOfOne() {
    Spread spread = Spread.of(List.of(0.4));
    assertThat(spread.deviation()).isNaN();
    assertThat(spread.percent()).isEqualTo("40.0");
    assertThat(spread.points()).isEqualTo("+40.0");
    assertThatIllegalArgumentException().isThrownBy(() -> Spread.of(List.of()));
  }
}
