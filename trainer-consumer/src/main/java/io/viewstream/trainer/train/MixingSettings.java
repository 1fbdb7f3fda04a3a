package io.viewstream.trainer.train;

import io.viewstream.imaging.augment.AugmentationSet;
import io.viewstream.trainer.feed.EpochCounts;
import io.viewstream.trainer.feed.FeedSettings;
import io.viewstream.trainer.feed.MixingRule;
import io.viewstream.trainer.feed.Pairing;
import io.viewstream.trainer.feed.SyntheticSlot;
import java.util.Arrays;
import java.util.List;

/** What a training's values say to the feed. */
final class MixingSettings {

  private MixingSettings() {}

  /**
   * The feed's settings.
   *
   * @throws SettingsException if a value cannot be
   */
  static FeedSettings of(TrainingSettings settings) {
    SettingValues values = settings.values();
    try {
      double minCropScale = values.number(SettingKey.MIN_CROP_SCALE, 1e-4, 1);
      return FeedSettings.of(
              settings.batchSize(),
              settings.resolution(),
              AugmentationSet.named(values.text(SettingKey.AUGMENTATION))
                  .withCropScale(minCropScale, 1),
              rule(values),
              settings.seed())
          .withSyntheticAugmentation(
              values
                  .find(SettingKey.SYNTHETIC_AUGMENTATION)
                  .map(name -> synthetic(name, minCropScale)));
    } catch (IllegalArgumentException e) {
      throw new SettingsException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Whether any slot may hold a synthetic view.
   *
   * @throws SettingsException if a value cannot be
   */
  static boolean drawsViews(SettingValues values) {
    return rule(values).requestedFraction() > 0;
  }

  private static AugmentationSet synthetic(String name, double minCropScale) {
    AugmentationSet set = AugmentationSet.named(name);
    return set.withCropScale(Math.max(set.second().minCropScale(), minCropScale), 1);
  }

  private static MixingRule rule(SettingValues values) {
    String text = values.text(SettingKey.GENERATIVE_PROBABILITY);
    double[] probabilities;
    try {
      probabilities = Arrays.stream(text.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
    } catch (NumberFormatException e) {
      throw new SettingsException(
          "generative-probability is %s; it must be a number from 0 to 1, or two separated by a comma"
              .formatted(text),
          e);
    }
    if (probabilities.length > 2) {
      throw new SettingsException(
          "generative-probability is %s; at most two numbers are meant, one for each slot"
              .formatted(text));
    }
    return new MixingRule(
        SyntheticSlot.named(values.text(SettingKey.SYNTHETIC_SLOT)),
        probabilities[0],
        probabilities[probabilities.length - 1],
        Pairing.named(values.find(SettingKey.PAIRING).orElse(Pairing.OWN.toString())));
  }

  /**
   * Whether it is settled that views come from no run: none are drawn, or there was no run when the
   * training began. A run that comes later is then not taken up, so that a training is the same
   * whether it was interrupted or not.
   */
  static boolean hasNoRun(SettingValues values) {
    return values.find(SettingKey.VIEWS_FROM).filter(String::isEmpty).isPresent();
  }

  /** The names of runs, or none for the only one there is. */
  static List<String> viewsFrom(SettingValues values) {
    String text = values.find(SettingKey.VIEWS_FROM).orElse("");
    return text.isEmpty() ? List.of() : List.of(text.split(","));
  }

  /**
   * The part of views that the rule asks to be synthetic, among the slots that may be: p for one
   * slot, the mean of both for both; for either the part of images with a synthetic view.
   */
  static double requestedFraction(MixingRule rule) {
    return switch (rule.slot()) {
      case FIRST, SECOND, EITHER -> rule.firstProbability();
      case BOTH -> (rule.firstProbability() + rule.secondProbability()) / 2;
    };
  }

  /** The part that was synthetic, counted as {@link #requestedFraction} counts. */
  static double achievedFraction(MixingRule rule, EpochCounts counts) {
    double first = counts.first().syntheticFraction();
    double second = counts.second().syntheticFraction();
    return switch (rule.slot()) {
      case FIRST -> first;
      case SECOND -> second;
      case EITHER -> first + second;
      case BOTH -> (first + second) / 2;
    };
  }
}
