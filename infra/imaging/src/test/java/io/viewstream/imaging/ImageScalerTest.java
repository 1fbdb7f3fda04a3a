package io.viewstream.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.imaging.ImageScaler.Interpolation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ImageScalerTest {
  @Test
  void shouldAverageTheAreaWhenShrinking() {
    RgbImage image = SampleImages.noise(32, 16, 4);
    RgbImage half = ImageScaler.resize(image, 16, 8, Interpolation.AREA);
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 16; x++) {
        for (int shift = 0; shift <= 16; shift += 8) {
          int sum = 0;
          for (int i = 0; i < 4; i++) {
            sum += image.rgb(2 * x + i % 2, 2 * y + i / 2) >> shift & 0xff;
          }
          int difference = Math.abs((half.rgb(x, y) >> shift & 0xff) * 4 - sum);
          assertThat(difference).isLessThanOrEqualTo(4);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldKeepOneColour(Interpolation interpolation) {
    RgbImage image = RgbImage.filled(20, 10, 0x4080c0);
    assertThat(ImageScaler.resize(image, 7, 31, interpolation))
        .isEqualTo(RgbImage.filled(7, 31, 0x4080c0));
  }

  @ParameterizedTest
  @EnumSource
  void shouldKeepAGradient(Interpolation interpolation) {
    RgbImage large = ImageScaler.resize(SampleImages.gradient(40, 40), 80, 80, interpolation);
    assertThat(SampleImages.largestDifference(large, SampleImages.gradient(80, 80)))
        .isLessThanOrEqualTo(8);
  }

  @Test
  void shouldShrinkToTheLongerSideInProportion() {
    RgbImage wide = RgbImage.filled(300, 100, 0);
    assertThat(ImageScaler.shrinkToFit(wide, 100)).isEqualTo(RgbImage.filled(100, 33, 0));
    assertThat(ImageScaler.shrinkToFit(RgbImage.filled(1000, 1, 0), 10))
        .isEqualTo(RgbImage.filled(10, 1, 0));
    assertThat(ImageScaler.shrinkToFit(wide, 300)).isSameAs(wide);
    assertThat(ImageScaler.shrinkToFit(wide, 5000)).isSameAs(wide);
  }

  @Test
  void shouldRefuseSidesBelowOne() {
    RgbImage image = RgbImage.filled(2, 2, 0);
    assertThatThrownBy(() -> ImageScaler.resize(image, 0, 1, Interpolation.AREA))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ImageScaler.shrinkToFit(image, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
