package io.viewstream.trainer.feed;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class ReplacementLimitTest {

  @Test
  void shouldTakeEachEpochAlone() {
    ReplacementLimit limit = new ReplacementLimit(0);
    for (int epoch = 0; epoch < 100; epoch++) {
      limit.check(epoch, 200, 2);
      limit.finish(200, 2);
    }
    assertThatExceptionOfType(FeedException.class)
        .isThrownBy(() -> limit.check(100, 200, 3))
        .withMessageContaining("3 of the 200 samples of epoch 100");
  }

  @Test
  void shouldBearOneBadImageInASmallWindowButNotOneInEach() {
    ReplacementLimit limit = new ReplacementLimit(10_000);
    for (int window = 0; window < 1000; window++) {
      // One in 320 images.
      int replaced = window % 10 == 0 ? 1 : 0;
      limit.check(window, 32, replaced);
      limit.finish(32, replaced);
    }
    assertThatExceptionOfType(FeedException.class)
        .isThrownBy(
            () -> {
              for (int window = 1000; window < 2000; window++) {
                limit.check(window, 32, 1);
                limit.finish(32, 1);
              }
            })
        .withMessageContaining("one in a hundred");
  }
}
