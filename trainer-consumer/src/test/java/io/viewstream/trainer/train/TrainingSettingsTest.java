package io.viewstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.viewstream.imaging.augment.AugmentationSet;
import io.viewstream.imaging.augment.ColorJitter;
import io.viewstream.imaging.augment.ViewAugmentation;
import io.viewstream.trainer.feed.FeedSettings;
import io.viewstream.trainer.feed.MixingRule;
import io.viewstream.trainer.feed.Pairing;
import io.viewstream.trainer.feed.SyntheticSlot;
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

  @Test
  void shouldTellWhatARecordedTrainingDoesNotSay() {
    SettingValues recorded = Preset.SMOKE.values(MethodName.SIMCLR);
    assertThat(
            recorded.differences(SettingValues.NONE.with(SettingKey.MODE, "continuous", "--mode")))
        .containsExactly("mode is epochs, not continuous");
    assertThat(recorded.differences(SettingValues.NONE.with(SettingKey.MODE, "epochs", "--mode")))
        .isEmpty();
    assertThat(
            recorded.differences(
                SettingValues.NONE.with(SettingKey.WINDOW_IMAGES, 64, "--window-images")))
        .containsExactly("window-images is not set, not 64");
    assertThat(recorded.differences(recorded)).isEmpty();
  }

  /** As the repository's configurations have them, for all devices and accumulated batches. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // method | images | batches | rate | start | decay | η | clip | excluded | heads and loss
        "paper | simclr | 1024 | 1 | 1.2 | 3e-5 | 1e-6 | 0.02 | true | true | symmetric | 1 |"
            + " Settings[projectorHidden=4096, projectorOutput=512, temperature=0.2]",
        "paper | byol | 1024 | 16 | 12.8 | 4.8e-4 | 1.5e-6 | 0.001 | false | true | asymmetric | 1"
            + " | Settings[projectorHidden=4096, projectorOutput=256, predictorHidden=4096,"
            + " baseMomentum=0.99, finalMomentum=1.0]",
        "paper | moco | 256 | 1 | 0.3 | 3e-5 | 3e-5 | none | false | false | symmetric-weak | 1 |"
            + " Settings[projectorHidden=2048, projectorOutput=256, temperature=0.2,"
            + " queueSize=65536, baseMomentum=0.99, finalMomentum=0.999]",
        "paper | simsiam | 256 | 1 | 0.5 | 3e-5 | 1e-5 | none | false | false | asymmetric | 1 |"
            + " Settings[projectorHidden=4096, projectorOutput=4096, predictorHidden=512]",
        "paper | barlow-twins | 256 | 1 | 0.8 | 3e-5 | 1.5e-6 | 0.001 | false | true | asymmetric |"
            + " 1 | Settings[projectorHidden=4096, projectorOutput=4096, offDiagonalWeight=0.0051,"
            + " lossScale=0.048]",
        "paper-alternate | byol | 256 | 16 | 7.2 | 4.8e-4 | 1e-6 | 0.001 | false | true |"
            + " asymmetric | 0.5 | Settings[projectorHidden=4096, projectorOutput=256,"
            + " predictorHidden=4096, baseMomentum=0.99, finalMomentum=1.0]",
        "paper-alternate | simsiam | 512 | 1 | 0.1 | 3e-5 | 1e-4 | none | false | false |"
            + " asymmetric | 1 | Settings[projectorHidden=2048, projectorOutput=2048,"
            + " predictorHidden=512]",
      })
  void shouldHaveTheValuesOfThePapersRepository(
      String preset,
      String method,
      int batchSize,
      int accumulation,
      double rate,
      double startRate,
      double weightDecay,
      String trust,
      boolean clips,
      boolean excludes,
      String augmentation,
      double probability,
      String methodSettings) {
    TrainingSettings settings =
        TrainingSettings.of(Preset.named(preset).values(MethodName.named(method)));
    assertThat(settings.batchSize()).isEqualTo(batchSize);
    assertThat(settings.accumulation()).isEqualTo(accumulation);
    assertThat(settings.optimizer().baseRate()).isCloseTo(rate, within(1e-12));
    assertThat(settings.optimizer().startRate()).isCloseTo(startRate, within(1e-12));
    assertThat(settings.optimizer().layerwise()).isEqualTo(!trust.equals("none"));
    if (settings.optimizer().layerwise()) {
      assertThat(settings.optimizer().scaling().trustCoefficient())
          .isEqualTo(Double.parseDouble(trust));
    }
    assertThat(settings.optimizer().scaling().momentum()).isEqualTo(0.9);
    assertThat(settings.optimizer().warmupFraction()).isEqualTo(0.1);
    assertThat(settings.optimizer().scaling().weightDecay()).isEqualTo(weightDecay);
    assertThat(settings.optimizer().scaling().clips()).isEqualTo(clips);
    assertThat(settings.optimizer().scaling().excludesBiasesAndNorms()).isEqualTo(excludes);
    assertThat(settings.methodSettings()).hasToString(methodSettings);
    assertThat(settings.epochs()).isEqualTo(100);
    assertThat(settings.resolution()).isEqualTo(224);
    assertThat(settings.architecture())
        .isEqualTo(new ResNetArchitecture(Depth.RESNET50, Stem.IMAGENET, 64));
    FeedSettings feed = MixingSettings.of(settings);
    assertThat(feed.augmentation().name()).isEqualTo(augmentation);
    assertThat(feed.mixing()).isEqualTo(MixingRule.of(SyntheticSlot.SECOND, probability));
  }

  /** solo-learn/scripts/pretrain/imagenet/augmentations of the paper's repository. */
  @ParameterizedTest
  @CsvSource({
    "simclr, 0.8, 0.8, 0.8, 0.2, 0.5, 0.0, 0.5, 0.0",
    "moco, 0.4, 0.4, 0.4, 0.1, 0.5, 0.0, 0.5, 0.0",
    "byol, 0.4, 0.4, 0.2, 0.1, 1.0, 0.0, 0.1, 0.2",
    "simsiam, 0.4, 0.4, 0.2, 0.1, 1.0, 0.0, 0.1, 0.2",
    "barlow-twins, 0.4, 0.4, 0.2, 0.1, 1.0, 0.0, 0.1, 0.2"
  })
  void shouldAugmentAsThePapersRepository(
      String method,
      double brightness,
      double contrast,
      double saturation,
      double hue,
      double firstBlur,
      double firstSolarise,
      double secondBlur,
      double secondSolarise) {
    AugmentationSet set =
        MixingSettings.of(TrainingSettings.of(Preset.PAPER.values(MethodName.named(method))))
            .augmentation();
    ColorJitter jitter = new ColorJitter(0.8, brightness, contrast, saturation, hue);
    assertThat(set.first())
        .isEqualTo(new ViewAugmentation(0.08, 1, 0.5, jitter, 0.2, firstBlur, firstSolarise));
    assertThat(set.second())
        .isEqualTo(new ViewAugmentation(0.08, 1, 0.5, jitter, 0.2, secondBlur, secondSolarise));
  }

  @Test
  void shouldSayWhatAPresetLacks() {
    assertThat(Preset.PAPER.notes())
        .anyMatch(note -> note.contains("4 GPUs"))
        .anyMatch(note -> note.contains("float32"));
    assertThat(Preset.SMOKE.notes()).isEmpty();
    assertThatThrownBy(() -> Preset.PAPER_ALTERNATE.values(MethodName.MOCO))
        .isInstanceOf(SettingsException.class)
        .hasMessage("The preset paper-alternate has no values for moco; use --preset paper");
  }

  @ParameterizedTest
  @EnumSource(MethodName.class)
  void shouldAccumulateWhereTheLossAllowsIt(MethodName method) {
    SettingValues values = Preset.CIFAR.values(method).with(SettingKey.ACCUMULATION, 4, "--set");
    if (method == MethodName.BYOL || method == MethodName.SIMSIAM) {
      TrainingSettings settings = TrainingSettings.of(values);
      assertThat(settings.accumulation()).isEqualTo(4);
      assertThat(settings.optimizer().baseRate()).isEqualTo(0.3 * 64 * 4 / 256);
    } else {
      assertThatThrownBy(() -> TrainingSettings.of(values))
          .isInstanceOf(SettingsException.class)
          .hasMessageStartingWith("accumulation is 4; it must be 1 for " + method.text() + ", ")
          .hasMessageNotContaining("\n");
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void shouldNameASourceForEveryValueOfEveryPreset(Preset preset) {
    for (MethodName method : MethodName.values()) {
      if (preset == Preset.PAPER_ALTERNATE
          && method != MethodName.BYOL
          && method != MethodName.SIMSIAM) {
        continue;
      }
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
        "resolution | 7 | A resolution of 7 px is too small for the cifar stem, which divides it by"
            + " 8; use at least 8 px",
        "backbone | resnet19 | There is no backbone 'resnet19'; there are resnet18, resnet34 and"
            + " resnet50",
        "queue-size | 100 | queue-size is 100; it must be a multiple of batch-size, which is 64",
        "method | clip | There is no method 'clip'; there are simclr, byol, moco, simsiam,"
            + " barlow-twins",
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
        .hasMessage("There is no preset 'big'; there are paper, paper-alternate, cifar, smoke");
  }

  @Test
  void shouldRefuseDevicesThatAreNotThere() {
    assertThatThrownBy(() -> TrainingEngine.start("cuda:0,cuda:1", 0))
        .hasMessageContaining("not there yet");
    assertThatThrownBy(() -> TrainingEngine.start("tpu", 0))
        .hasMessage("device is 'tpu'; it must be cpu, or cuda:N such as cuda:0");
    assertThatThrownBy(() -> TrainingEngine.start("cuda:99", 0))
        .hasMessageContaining("No device cuda:99");
  }

  @Test
  void shouldStretchTheScheduleOverEpochsOfOtherLengths() {
    TrainingLength epochs = new TrainingLength(3, 0, 1);
    assertThat(epochs.total(10)).isEqualTo(30);
    assertThat(epochs.scheduled(new TrainingPosition(13, 1, 3, 10), 10)).isEqualTo(13);
    assertThat(epochs.scheduled(new TrainingPosition(29, 1, 19, 10), 20)).isEqualTo(19);
    assertThat(new TrainingLength(3, 7, 1).scheduled(new TrainingPosition(5, 1, 3, 2), 2))
        .isEqualTo(5);
    // Steps of 4 batches: 10 batches are enough for 2, 20 for 5.
    TrainingLength accumulated = new TrainingLength(3, 0, 4);
    assertThat(accumulated.stepsOf(10)).isEqualTo(2);
    assertThat(accumulated.total(2)).isEqualTo(6);
    assertThat(accumulated.scheduled(new TrainingPosition(3, 1, 4, 2), 2)).isEqualTo(3);
    assertThat(accumulated.scheduled(new TrainingPosition(6, 1, 16, 2), 5)).isEqualTo(3);
  }
}
