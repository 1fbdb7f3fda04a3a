package io.viewstream.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.viewstream.imaging.augment.CounterRandom;
import org.junit.jupiter.api.Test;

class MixingRuleTest {

  private static final int DRAWS = 40_000;

  private static ViewChoice choose(MixingRule rule, int draw, int available) {
    return rule.choose(CounterRandom.key(3, draw), available);
  }

  @Test
  void shouldFollowThePaperWhenTheSecondSlotIsSynthetic() {
    MixingRule rule = MixingRule.of(SyntheticSlot.SECOND, 0.25);
    int[] views = new int[10];
    int synthetic = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      ViewChoice choice = choose(rule, draw, 10);
      assertThat(choice.first()).isEqualTo(ViewChoice.REAL);
      if (choice.second() >= 0) {
        synthetic++;
        views[choice.second()]++;
      }
    }
    assertThat((double) synthetic / DRAWS).isEqualTo(0.25, within(0.01));
    for (int count : views) {
      assertThat((double) count / synthetic).isEqualTo(0.1, within(0.02));
    }
    assertThat(rule.requestedFraction()).isEqualTo(0.125);
  }

  @Test
  void shouldAlwaysOrNeverChooseAViewAtTheEndsOfTheRange() {
    for (int draw = 0; draw < 1000; draw++) {
      assertThat(choose(MixingRule.of(SyntheticSlot.FIRST, 1), draw, 3).first()).isBetween(0, 2);
      assertThat(choose(MixingRule.REAL_ONLY, draw, 3))
          .isEqualTo(new ViewChoice(ViewChoice.REAL, ViewChoice.REAL));
    }
  }

  @Test
  void shouldDrawBothSlotsIndependentlyAndNeverTheSameView() {
    MixingRule rule = new MixingRule(SyntheticSlot.BOTH, 0.6, 0.3);
    int first = 0;
    int second = 0;
    int both = 0;
    int[][] pairs = new int[3][3];
    for (int draw = 0; draw < DRAWS; draw++) {
      ViewChoice choice = choose(rule, draw, 3);
      first += choice.first() >= 0 ? 1 : 0;
      second += choice.second() >= 0 ? 1 : 0;
      if (choice.first() >= 0 && choice.second() >= 0) {
        both++;
        pairs[choice.first()][choice.second()]++;
      }
    }
    assertThat((double) first / DRAWS).isEqualTo(0.6, within(0.01));
    assertThat((double) second / DRAWS).isEqualTo(0.3, within(0.01));
    assertThat((double) both / DRAWS).isEqualTo(0.18, within(0.01));
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        assertThat((double) pairs[i][j] / both)
            .isEqualTo(i == j ? 0 : 1.0 / 6, within(i == j ? 0 : 0.02));
      }
    }
  }

  @Test
  void shouldFallBackWhereThereIsNoViewOrNoOther() {
    MixingRule both = MixingRule.of(SyntheticSlot.BOTH, 1);
    for (int draw = 0; draw < 100; draw++) {
      assertThat(choose(both, draw, 0))
          .isEqualTo(new ViewChoice(ViewChoice.FALLBACK, ViewChoice.FALLBACK));
      assertThat(choose(both, draw, 1)).isEqualTo(new ViewChoice(0, ViewChoice.FALLBACK));
      assertThat(choose(MixingRule.of(SyntheticSlot.SECOND, 1), draw, 0))
          .isEqualTo(new ViewChoice(ViewChoice.REAL, ViewChoice.FALLBACK));
    }
  }

  @Test
  void shouldFillExactlyOneSlotWhenEitherIsAsked() {
    MixingRule rule = MixingRule.of(SyntheticSlot.EITHER, 0.5);
    int first = 0;
    int second = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      ViewChoice choice = choose(rule, draw, 4);
      assertThat(choice.first() >= 0 && choice.second() >= 0).isFalse();
      first += choice.first() >= 0 ? 1 : 0;
      second += choice.second() >= 0 ? 1 : 0;
    }
    assertThat((double) first / DRAWS).isEqualTo(0.25, within(0.01));
    assertThat((double) second / DRAWS).isEqualTo(0.25, within(0.01));
  }

  @Test
  void shouldRefuseWhatCannotBe() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MixingRule.of(SyntheticSlot.SECOND, 1.5))
        .withMessageContaining("1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MixingRule(SyntheticSlot.EITHER, 0.5, 0.25))
        .withMessageContaining("both");
    assertThat(SyntheticSlot.named("either")).isEqualTo(SyntheticSlot.EITHER);
    assertThatIllegalArgumentException().isThrownBy(() -> SyntheticSlot.named("third"));
  }
}
