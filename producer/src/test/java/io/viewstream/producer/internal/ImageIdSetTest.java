package io.viewstream.producer.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ImageIdSetTest {
  @Test
  void shouldTellFirstFromSecondTimesOverManyGrowths() {
    ImageIdSet ids = new ImageIdSet();
    for (int i = 0; i < 50_000; i++) {
      assertThat(ids.add("set/" + i)).isTrue();
      if (i % 97 == 0) {
        assertThat(ids.add("set/" + i / 2)).isFalse();
      }
    }
    assertThat(ids.size()).isEqualTo(50_000);
    for (int i = 0; i < 50_000; i++) {
      assertThat(ids.add("set/" + i)).isFalse();
    }
  }
}
