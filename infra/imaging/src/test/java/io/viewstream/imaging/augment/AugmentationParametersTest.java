package io.viewstream.imaging.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AugmentationParametersTest {

  private static final int DRAWS = 20_000;

  private static long key(int i) {
    return CounterRandom.key(17, i);
  }

  @Test
  void shouldKeepTheNumbersThatRecordedRunsRestOn() {
    assertThat(CounterRandom.bits(0, 0)).isEqualTo(0xE220A8397B1DCDAFL);
    assertThat(CounterRandom.bits(0, 1)).isEqualTo(0x6E789E6AA1B965F4L);
    assertThat(CounterRandom.key(1, 2)).isNotEqualTo(CounterRandom.key(2, 1));
    AugmentationParameters parameters =
        AugmentationParameters.draw(AugmentationSet.SYMMETRIC.first(), key(1), 64, 48);
    assertThat(AugmentationParameters.draw(AugmentationSet.SYMMETRIC.first(), key(1), 64, 48))
        .isEqualTo(parameters);
    assertThat(AugmentationParameters.draw(AugmentationSet.SYMMETRIC.first(), key(2), 64, 48))
        .isNotEqualTo(parameters);
  }

  @Test
  void shouldDrawEachChangeAsOftenAsItsSettingSays() {
    ViewAugmentation settings = AugmentationSet.ASYMMETRIC.second();
    int flips = 0;
    int jitters = 0;
    int greys = 0;
    int blurs = 0;
    int solarised = 0;
    for (int i = 0; i < DRAWS; i++) {
      AugmentationParameters drawn = AugmentationParameters.draw(settings, key(i), 32, 32);
      flips += drawn.flip() ? 1 : 0;
      jitters += drawn.jitter() ? 1 : 0;
      greys += drawn.grey() ? 1 : 0;
      blurs += drawn.blurSigma() > 0 ? 1 : 0;
      solarised += drawn.solarise() ? 1 : 0;
      assertThat(drawn.brightness()).isBetween(0.6f, 1.4f);
      assertThat(drawn.contrast()).isBetween(0.6f, 1.4f);
      assertThat(drawn.saturation()).isBetween(0.8f, 1.2f);
      assertThat(drawn.hue()).isBetween(-0.1, 0.1);
      assertThat(drawn.blurSigma()).isBetween(0f, 2f);
    }
    assertThat((double) flips / DRAWS).isEqualTo(0.5, within(0.02));
    assertThat((double) jitters / DRAWS).isEqualTo(0.8, within(0.02));
    assertThat((double) greys / DRAWS).isEqualTo(0.2, within(0.02));
    assertThat((double) blurs / DRAWS).isEqualTo(0.1, within(0.02));
    assertThat((double) solarised / DRAWS).isEqualTo(0.2, within(0.02));
  }

  @Test
  void shouldDrawBoxesInsideTheImageOfTheAreaAndRatioAsked() {
    ViewAugmentation settings = AugmentationSet.CIFAR.first();
    double scales = 0;
    for (int i = 0; i < DRAWS; i++) {
      CropBox box = AugmentationParameters.draw(settings, key(i), 300, 200).crop();
      assertThat(box.left() + box.width()).isLessThanOrEqualTo(300);
      assertThat(box.top() + box.height()).isLessThanOrEqualTo(200);
      double scale = box.width() * box.height() / 60_000.0;
      assertThat(scale).isBetween(0.195, 1.0);
      assertThat((double) box.width() / box.height()).isBetween(0.73, 1.36);
      scales += scale;
    }
    // Boxes that do not fit are drawn again, which favours small ones: below the middle of .2 to 1.
    assertThat(scales / DRAWS).isBetween(0.45, 0.6);
  }

  @Test
  void shouldFallBackToTheCentreOfImagesThatNoBoxFits() {
    CropBox box =
        AugmentationParameters.draw(
                AugmentationSet.SYMMETRIC.first().withCropScale(1, 1), key(3), 1000, 10)
            .crop();
    assertThat(box).isEqualTo(new CropBox(493, 0, 13, 10));
    assertThat(AugmentationParameters.draw(AugmentationSet.SYMMETRIC.first(), 1, 1, 1).crop())
        .isEqualTo(CropBox.whole(1, 1));
  }

  @Test
  void shouldNotShiftOtherDrawsWhenOneSettingChanges() {
    ViewAugmentation settings = AugmentationSet.SYMMETRIC.first();
    for (int i = 0; i < 100; i++) {
      AugmentationParameters blurred = AugmentationParameters.draw(settings, key(i), 64, 48);
      AugmentationParameters sharp =
          AugmentationParameters.draw(settings.withBlurProbability(0), key(i), 64, 48);
      assertThat(sharp.crop()).isEqualTo(blurred.crop());
      assertThat(sharp.hue()).isEqualTo(blurred.hue());
      assertThat(sharp.grey()).isEqualTo(blurred.grey());
      assertThat(sharp.blurSigma()).isZero();
    }
  }

  @Test
  void shouldKnowTheSetsOfThePaper() {
    assertThat(AugmentationSet.named("symmetric").first().jitter())
        .isEqualTo(new ColorJitter(0.8, 0.8, 0.8, 0.8, 0.2));
    assertThat(AugmentationSet.named("symmetric-weak").second().jitter())
        .isEqualTo(new ColorJitter(0.8, 0.4, 0.4, 0.4, 0.1));
    assertThat(AugmentationSet.named("asymmetric").first().blurProbability()).isEqualTo(1.0);
    assertThat(AugmentationSet.named("asymmetric").second().blurProbability()).isEqualTo(0.1);
    assertThat(AugmentationSet.named("asymmetric").first().solariseProbability()).isZero();
    assertThat(AugmentationSet.named("asymmetric").second().solariseProbability()).isEqualTo(0.2);
    assertThat(AugmentationSet.named("cifar").first().blurProbability()).isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AugmentationSet.named("strong"))
        .withMessageContaining("'strong'")
        .withMessageContaining("symmetric-weak");
  }
}
