package io.viewstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.viewstream.imaging.augment.AugmentationSet;
import io.viewstream.imaging.augment.ColorJitter;
import io.viewstream.imaging.augment.Normalisation;
import io.viewstream.imaging.augment.ViewAugmentation;
import io.viewstream.trainer.feed.ColourPool;
import io.viewstream.trainer.feed.EpochCounts;
import io.viewstream.trainer.feed.EpochFeed;
import io.viewstream.trainer.feed.FeedSettings;
import io.viewstream.trainer.feed.MixedBatch;
import io.viewstream.trainer.feed.MixedBatchFeed;
import io.viewstream.trainer.feed.MixingRule;
import io.viewstream.trainer.feed.Rank;
import io.viewstream.trainer.feed.RunManifest;
import io.viewstream.trainer.feed.SlotCounts;
import io.viewstream.trainer.feed.SyntheticSlot;
import io.viewstream.trainer.feed.Tail;
import io.viewstream.trainer.feed.ViewSlot;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a feed says about its synthetic part beside what its pixels show: real images are red,
 * synthetic views green, and nothing that augments changes a colour. Pools, rules, tails and sizes
 * are drawn from a seed.
 */
class AchievedFractionTest {

  private static final int RESOLUTION = 4;

  @TempDir private Path folder;

  /** Crops and flips alone. */
  private static final AugmentationSet COLOURS_KEPT = coloursKept();

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void shouldCountWhatThePixelsShow(long seed) throws Exception {
    Random random = new Random(seed);
    int images = 20 + random.nextInt(60);
    int[] viewCounts = random.ints(images, 0, 4).toArray();
    MixingRule rule = rule(random, SyntheticSlot.values()[(int) (seed % 4)]);
    FeedSettings settings =
        new FeedSettings(
            1 + random.nextInt(12),
            RESOLUTION,
            random.nextBoolean() ? Tail.WRAP : Tail.DROP,
            COLOURS_KEPT,
            Normalisation.IMAGENET,
            rule,
            seed,
            1 + random.nextInt(3),
            2);
    String what = "seed %d: %s, %d images".formatted(seed, settings, images);
    try (ColourPool pool = new ColourPool(folder.resolve("pool"), viewCounts);
        RunManifest manifest = RunManifest.create(folder.resolve("manifest"), Map.of());
        MixedBatchFeed feed = new MixedBatchFeed(pool.pool(), manifest, settings, Rank.SINGLE)) {
      for (int epoch = 0; epoch < 2; epoch++) {
        check(what, feed, epoch, viewCounts, rule);
      }
    }
  }

  private static void check(
      String what, MixedBatchFeed feed, int number, int[] viewCounts, MixingRule rule)
      throws InterruptedException {
    List<boolean[]> shown = new ArrayList<>();
    List<Integer> available = new ArrayList<>();
    EpochCounts counts;
    try (EpochFeed epoch = feed.openEpoch(number, 0)) {
      for (MixedBatch batch = epoch.next(); batch != null; batch = epoch.next()) {
        try (MixedBatch taken = batch) {
          boolean[] first = green(taken, ViewSlot.FIRST);
          boolean[] second = green(taken, ViewSlot.SECOND);
          for (int i = 0; i < first.length; i++) {
            shown.add(new boolean[] {first[i], second[i]});
            available.add(viewCounts[ColourPool.image(taken.imageIds().get(i))]);
          }
        }
      }
      counts = epoch.counts();
    }
    int[] synthetic = new int[2];
    for (boolean[] slots : shown) {
      synthetic[0] += slots[0] ? 1 : 0;
      synthetic[1] += slots[1] ? 1 : 0;
    }
    assertThat(counts.first().synthetic()).as(what).isEqualTo(synthetic[0]);
    assertThat(counts.second().synthetic()).as(what).isEqualTo(synthetic[1]);
    assertThat(counts.first().total()).as(what).isEqualTo(shown.size());
    assertThat(counts.second().total()).as(what).isEqualTo(shown.size());
    double achieved =
        switch (rule.slot()) {
          case FIRST -> (double) synthetic[0] / shown.size();
          case SECOND -> (double) synthetic[1] / shown.size();
          case BOTH -> (double) (synthetic[0] + synthetic[1]) / (2 * shown.size());
          case EITHER -> (double) (synthetic[0] + synthetic[1]) / shown.size();
        };
    assertThat(MixingSettings.achievedFraction(rule, counts))
        .as(what)
        .isCloseTo(achieved, within(1e-12));
    checkFallbacks(what, counts, shown, available, rule);
  }

  /** Only what lacks views falls back; where p is 1, all that lacks them and nothing else does. */
  private static void checkFallbacks(
      String what,
      EpochCounts counts,
      List<boolean[]> shown,
      List<Integer> available,
      MixingRule rule) {
    long lacking = available.stream().filter(views -> views == 0).count();
    long one = available.stream().filter(views -> views == 1).count();
    long fallbacks = counts.first().fallback() + counts.second().fallback();
    for (int i = 0; i < shown.size(); i++) {
      int synthetic = (shown.get(i)[0] ? 1 : 0) + (shown.get(i)[1] ? 1 : 0);
      assertThat(synthetic)
          .as("%s: views of sample %d", what, i)
          .isLessThanOrEqualTo(available.get(i));
    }
    boolean both = rule.slot() == SyntheticSlot.BOTH;
    assertThat(fallbacks).as(what).isLessThanOrEqualTo(both ? 2 * lacking + one : lacking);
    if (rule.firstProbability() == 1 && rule.secondProbability() == 1) {
      assertThat(fallbacks).as(what).isEqualTo(both ? 2 * lacking + one : lacking);
      assertThat(real(counts.first(), rule, SyntheticSlot.SECOND)).as(what).isZero();
      assertThat(real(counts.second(), rule, SyntheticSlot.FIRST)).as(what).isZero();
    }
    if (rule.firstProbability() == 0 && rule.secondProbability() == 0) {
      assertThat(fallbacks).as(what).isZero();
    }
  }

  /** Views that were meant to be real, in a slot that the rule wants synthetic throughout. */
  private static long real(SlotCounts counts, MixingRule rule, SyntheticSlot realHere) {
    return rule.slot() == realHere || rule.slot() == SyntheticSlot.EITHER ? 0 : counts.real();
  }

  private static boolean[] green(MixedBatch batch, ViewSlot slot) {
    FloatBuffer values = batch.slot(slot).asFloatBuffer();
    int plane = RESOLUTION * RESOLUTION;
    boolean[] green = new boolean[batch.batchSize()];
    for (int i = 0; i < green.length; i++) {
      green[i] = values.get((3 * i + 1) * plane) > values.get(3 * i * plane);
    }
    return green;
  }

  private static MixingRule rule(Random random, SyntheticSlot slot) {
    double first = probability(random);
    return slot == SyntheticSlot.BOTH
        ? new MixingRule(slot, first, probability(random))
        : MixingRule.of(slot, first);
  }

  /** Often one of the ends of the range. */
  private static double probability(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 1;
      case 1 -> random.nextInt(2);
      default -> random.nextDouble();
    };
  }

  private static AugmentationSet coloursKept() {
    ViewAugmentation view =
        new ViewAugmentation(0.2, 1, 0.5, new ColorJitter(0, 0.4, 0.4, 0.4, 0.1), 0, 0, 0);
    return new AugmentationSet("colours kept", view, view);
  }
}
