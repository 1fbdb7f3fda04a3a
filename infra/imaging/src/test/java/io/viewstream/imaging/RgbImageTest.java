package io.viewstream.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class RgbImageTest {
  @Test
  void shouldBeEqualByPixels() {
    assertThat(SampleImages.noise(5, 4, 1)).isEqualTo(SampleImages.noise(5, 4, 1));
    assertThat(SampleImages.noise(5, 4, 1)).hasSameHashCodeAs(SampleImages.noise(5, 4, 1));
    assertThat(SampleImages.noise(5, 4, 1)).isNotEqualTo(SampleImages.noise(5, 4, 2));
    assertThat(RgbImage.filled(2, 8, 0)).isNotEqualTo(RgbImage.filled(4, 4, 0));
  }

  @Test
  void shouldRefuseArraysOfAnotherSize() {
    assertThatThrownBy(() -> new RgbImage(2, 2, new byte[11]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Image of 2×2 pixels needs 12 bytes, not 11");
    assertThatThrownBy(() -> new RgbImage(0, 2, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RgbImage(1 << 16, 1 << 16, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldOrderChannelsRedGreenBlue() {
    RgbImage image = RgbImage.filled(1, 1, 0x010203);
    assertThat(image.pixels()).containsExactly(1, 2, 3);
    assertThat(image.rgb(0, 0)).isEqualTo(0x010203);
  }
}
