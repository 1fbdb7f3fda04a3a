package io.viewstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.imaging.augment.AugmentationSet;
import io.viewstream.trainer.feed.FeedSettings;
import io.viewstream.trainer.feed.Pairing;
import io.viewstream.trainer.ssl.SimClr;
import io.viewstream.trainer.ssl.network.ResNetArchitecture;
import io.viewstream.trainer.ssl.network.ResNetArchitecture.Depth;
import io.viewstream.trainer.ssl.network.ResNetArchitecture.Stem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingSettingsTest {

  @Test
  void shouldHaveThePapersValuesInThePaperPreset() {
    TrainingSettings settings = TrainingSettings.of(Preset.PAPER.values(MethodName.SIMCLR));
    assertThat(settings.architecture())
        .isEqualTo(new ResNetArchitecture(Depth.RESNET50, Stem.IMAGENET, 64));
    assertThat(settings.resolution()).isEqualTo(224);
    assertThat(settings.epochs()).isEqualTo(100);
    assertThat(settings.optimizer().layerwise()).isTrue();
    assertThat(settings.optimizer().baseRate()).isEqualTo(1.2);
    assertThat(settings.optimizer().startRate()).isEqualTo(3e-5);
    assertThat(settings.optimizer().scaling().trustCoefficient()).isEqualTo(0.02);
    assertThat(settings.optimizer().scaling().weightDecay()).isEqualTo(1e-6);
    assertThat(settings.methodSettings()).isEqualTo(new SimClr.Settings(4096, 512, 0.2));
    assertThat(settings.seed()).isEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void shouldNameASourceForEveryValueOfEveryPreset(Preset preset) {
    for (MethodName method : MethodName.values()) {
      SettingValues values = preset.values(method);
      TrainingSettings.of(values);
      assertThat(values.all())
          .allSatisfy((key, value) -> assertThat(value.source()).as(key.text()).isNotBlank());
      assertThat(SettingValues.fromJson(values.toJson())).isEqualTo(values);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "batch-size | 1 | batch-size is 1; it must be at least 2",
        "batch-size | 0 | batch-size is 0; it must be a whole number from 1",
        "width | 0 | width is 0; it must be a whole number from 1 to 1024",
        "width | x | width is x; it must be a whole number",
        "resolution | 7 | A resolution of 7 px is too small for the cifar stem, which divides it by 8; use at least 8 px",
        "backbone | resnet19 | There is no backbone 'resnet19'; there are resnet18, resnet34 and resnet50",
        "queue-size | 100 | queue-size is 100; it must be a multiple of batch-size, which is 64",
        "method | clip | There is no method 'clip'; there are simclr, byol, moco, simsiam, barlow-twins",
        "optimizer | adam | There is no optimizer 'adam'; there are sgd and lars",
        "epochs | 0 | epochs is 0; it must be a whole number from 1",
        "temperature | 0 | temperature is 0; it must be a number from",
        "learning-rate | NaN | learning-rate is NaN; it must be a number from",
        "lars-clip | yes | lars-clip is yes; it must be true or false"
      })
  void shouldSayInOneLineWhatCannotBe(String key, String value, String message) {
    SettingValues values =
        Preset.CIFAR
            .values(key.equals("queue-size") ? MethodName.MOCO : MethodName.SIMCLR)
            .with(SettingKey.named(key), value, "test");
    assertThatThrownBy(() -> TrainingSettings.of(values))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void shouldLeaveControlsOffUnlessGiven() {
    SettingValues values = Preset.CIFAR.values(MethodName.SIMCLR);
    FeedSettings usual = MixingSettings.of(TrainingSettings.of(values));
    assertThat(usual.mixing().pairing()).isEqualTo(Pairing.OWN);
    assertThat(usual.syntheticAugmentation()).isEmpty();
    FeedSettings controlled =
        MixingSettings.of(
            TrainingSettings.of(
                values
                    .with(SettingKey.PAIRING, "same-class", "test")
                    .with(SettingKey.MIN_CROP_SCALE, 0.25, "test")
                    .with(SettingKey.SYNTHETIC_AUGMENTATION, "symmetric-weak", "test")));
    assertThat(controlled.mixing().pairing()).isEqualTo(Pairing.SAME_CLASS);
    assertThat(controlled.syntheticAugmentation())
        .contains(AugmentationSet.SYMMETRIC_WEAK.withCropScale(0.25, 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pairing | any | Pairing 'any' is none of own, other-image, same-class",
        "synthetic-augmentation | soft | No augmentation set is named 'soft'; there are symmetric",
        "synthetic-augmentation | '' | No augmentation set is named ''; there are symmetric"
      })
  void shouldSayInOneLineWhatTheFeedCannotBe(String key, String value, String message) {
    TrainingSettings settings =
        TrainingSettings.of(
            Preset.CIFAR.values(MethodName.SIMCLR).with(SettingKey.named(key), value, "test"));
    assertThatThrownBy(() -> MixingSettings.of(settings))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void shouldHashValuesAndNotTheirSources() {
    SettingValues values = Preset.CIFAR.values(MethodName.SIMCLR);
    assertThat(values.with(SettingKey.WIDTH, 8, "elsewhere").hash()).isEqualTo(values.hash());
    assertThat(values.with(SettingKey.WIDTH, 17, "elsewhere").hash()).isNotEqualTo(values.hash());
  }

  @Test
  void shouldNameUnknownKeysAndPresets() {
    assertThatThrownBy(() -> SettingKey.named("lr"))
        .hasMessageStartingWith("There is no setting 'lr'; there are method,");
    assertThatThrownBy(() -> Preset.named("big"))
        .hasMessage("There is no preset 'big'; there are paper, cifar, smoke");
  }

  @Test
  void shouldRefuseDevicesThatAreNotThere() {
    assertThatThrownBy(() -> TrainingEngine.start("cuda:0,cuda:1", 0))
        .hasMessageContaining("not there yet");
    assertThatThrownBy(() -> TrainingEngine.start("tpu", 0))
        .hasMessage("device is 'tpu'; it must be cpu or cuda:N");
    assertThatThrownBy(() -> TrainingEngine.start("cuda:99", 0))
        .hasMessageContaining("No device cuda:99");
  }

  @Test
  void shouldStretchTheScheduleOverEpochsOfOtherLengths() {
    TrainingLength epochs = new TrainingLength(3, 0);
    assertThat(epochs.total(10)).isEqualTo(30);
    assertThat(epochs.scheduled(new TrainingPosition(13, 1, 3, 10), 10)).isEqualTo(13);
    assertThat(epochs.scheduled(new TrainingPosition(29, 1, 19, 10), 20)).isEqualTo(19);
    assertThat(new TrainingLength(3, 7).scheduled(new TrainingPosition(5, 1, 3, 2), 2))
        .isEqualTo(5);
  }
}
