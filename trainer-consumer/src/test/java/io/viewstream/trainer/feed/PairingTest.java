package io.viewstream.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.RgbImage;
import io.viewstream.imaging.augment.AugmentationSet;
import io.viewstream.imaging.augment.ColorJitter;
import io.viewstream.imaging.augment.ViewAugmentation;
import io.viewstream.schemas.Topic;
import io.viewstream.trainer.feed.internal.PoolRecord;
import io.viewstream.trainer.feed.internal.PoolStore;
import io.viewstream.trainer.feed.internal.PoolStores;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of one colour, which says whose they are; nothing that augments changes it. */
class PairingTest {

  private static final int SIDE = 8;
  private static final int IMAGES = 24;
  private static final int VIEWS = 3;
  private static final int REAL = 200;
  private static final double[] MEAN = {0.485, 0.456, 0.406};
  private static final double[] DEVIATION = {0.229, 0.224, 0.225};
  private static final AugmentationSet PLAIN = augmentation(0);
  private static final AugmentationSet GREY = augmentation(1);

  /**
   * What stands in a slot.
   *
   * @param image whose it is
   * @param view which of its views, or {@link #REAL}
   */
  private record Seen(int image, int view) {}

  /** Both slots of a sample, beside the image that it is of. */
  private record Sample(int image, Seen first, Seen second) {}

  @TempDir private Path directory;
  private PoolStore store;
  private int manifests;

  @BeforeEach
  void setUp() {
    store = PoolStores.open(directory.resolve("pool"), 1);
  }

  @AfterEach
  void tearDown() {
    store.close();
  }

  private static AugmentationSet augmentation(double greyProbability) {
    ViewAugmentation view =
        new ViewAugmentation(1, 1, 0, new ColorJitter(0, 0, 0, 0, 0), greyProbability, 0, 0);
    return new AugmentationSet("plain", view, view);
  }

  private static byte[] picture(int image, int view) {
    byte[] pixels = new byte[SIDE * SIDE * 3];
    for (int i = 0; i < pixels.length; i += 3) {
      pixels[i] = (byte) (5 + 10 * image);
      pixels[i + 2] = (byte) view;
    }
    return ImageEncoder.png(new RgbImage(SIDE, SIDE, pixels));
  }

  private void add(int image, @Nullable String label) {
    byte[] real = picture(image, REAL);
    byte[] sha256 = PoolStores.sha256(real);
    store.append(
        Topic.SOURCE_IMAGES,
        PoolRecord.source(
            0, image, "set/" + image, sha256, label, SIDE, SIDE, ByteBuffer.wrap(real)));
    for (int view = 0; view < VIEWS; view++) {
      store.append(
          Topic.SYNTHETIC_VIEWS,
          PoolRecord.view(
              0,
              (long) image * VIEWS + view,
              "set/" + image,
              sha256,
              "run",
              view,
              SIDE,
              SIDE,
              ByteBuffer.wrap(picture(image, view))));
    }
  }

  /** Images of three classes, the last image alone in a fourth. */
  private void fill() {
    for (int image = 0; image < IMAGES; image++) {
      add(image, classOf(image));
    }
  }

  private static String classOf(int image) {
    return image == IMAGES - 1 ? "alone" : "class" + image % 3;
  }

  private List<Sample> epoch(MixingRule rule, Optional<AugmentationSet> synthetic, int threads)
      throws InterruptedException {
    FeedSettings settings =
        FeedSettings.of(8, SIDE, PLAIN, rule, 11)
            .withDecodingThreads(threads)
            .withSyntheticAugmentation(synthetic);
    HorizonPool pool = new FilledPool(store);
    List<Sample> samples = new ArrayList<>();
    try (RunManifest manifest =
            RunManifest.create(directory.resolve("manifest" + manifests++), Map.of());
        MixedBatchFeed feed = new MixedBatchFeed(pool, manifest, settings, Rank.SINGLE);
        EpochFeed batches = feed.openEpoch(0, 0)) {
      for (MixedBatch batch = batches.next(); batch != null; batch = batches.next()) {
        try (MixedBatch taken = batch) {
          for (int i = 0; i < taken.batchSize(); i++) {
            samples.add(
                new Sample(
                    Integer.parseInt(taken.imageIds().get(i).substring(4)),
                    seen(taken.slot(ViewSlot.FIRST), i),
                    seen(taken.slot(ViewSlot.SECOND), i)));
          }
        }
      }
    }
    assertThat(samples).hasSize(IMAGES);
    return samples;
  }

  private static Seen seen(ByteBuffer slot, int sample) {
    FloatBuffer values = slot.order(ByteOrder.nativeOrder()).asFloatBuffer();
    int[] colour = new int[3];
    for (int channel = 0; channel < 3; channel++) {
      float value = values.get((3 * sample + channel) * SIDE * SIDE);
      colour[channel] = (int) Math.round(255 * (value * DEVIATION[channel] + MEAN[channel]));
    }
    return colour[0] == colour[1] && colour[1] == colour[2]
        ? new Seen(-1, -1)
        : new Seen((colour[0] - 5) / 10, colour[2]);
  }

  @Test
  void shouldShowAnImagesOwnViewsUnlessToldOtherwise() throws InterruptedException {
    fill();
    assertThat(epoch(MixingRule.of(SyntheticSlot.SECOND, 1), Optional.empty(), 2))
        .allSatisfy(
            sample -> {
              assertThat(sample.first()).isEqualTo(new Seen(sample.image(), REAL));
              assertThat(sample.second().image()).isEqualTo(sample.image());
              assertThat(sample.second().view()).isLessThan(VIEWS);
            });
  }

  @Test
  void shouldShowViewsOfAnotherImage() throws InterruptedException {
    fill();
    MixingRule rule = MixingRule.of(SyntheticSlot.SECOND, 1).withPairing(Pairing.OTHER_IMAGE);
    List<Sample> samples = epoch(rule, Optional.empty(), 1);
    assertThat(samples)
        .allSatisfy(
            sample -> {
              assertThat(sample.first()).isEqualTo(new Seen(sample.image(), REAL));
              assertThat(sample.second().image()).isNotEqualTo(sample.image());
              assertThat(sample.second().view()).isLessThan(VIEWS);
            });
    assertThat(samples.stream().map(sample -> sample.second().image()).distinct())
        .as("partners")
        .hasSizeGreaterThan(IMAGES / 3);
    assertThat(epoch(rule, Optional.empty(), 4)).as("by four threads").isEqualTo(samples);
  }

  @Test
  void shouldShowAnotherRealImageOfTheClass() throws InterruptedException {
    fill();
    MixingRule rule = MixingRule.of(SyntheticSlot.SECOND, 1).withPairing(Pairing.SAME_CLASS);
    List<Sample> samples = epoch(rule, Optional.empty(), 1);
    for (Sample sample : samples) {
      int partner = sample.second().image();
      assertThat(sample.second().view()).isEqualTo(REAL);
      assertThat(classOf(partner)).as("class of %s", sample).isEqualTo(classOf(sample.image()));
      assertThat(partner == sample.image())
          .as("%s is itself", sample)
          .isEqualTo(sample.image() == IMAGES - 1);
    }
    assertThat(epoch(rule, Optional.empty(), 4)).as("by four threads").isEqualTo(samples);
  }

  @Test
  void shouldNameAnImageWithoutALabelWhenClassesAreNeeded() {
    add(0, "cat");
    add(1, null);
    for (int image = 2; image < IMAGES; image++) {
      add(image, "cat");
    }
    MixingRule rule = MixingRule.of(SyntheticSlot.SECOND, 1).withPairing(Pairing.SAME_CLASS);
    assertThatExceptionOfType(FeedException.class)
        .isThrownBy(() -> epoch(rule, Optional.empty(), 1))
        .withMessageContaining("same-class needs labels, and the image 'set/1' has none");
  }

  @Test
  void shouldAugmentSyntheticViewsAloneInTheirOwnWay() throws InterruptedException {
    fill();
    List<Sample> plain = epoch(MixingRule.of(SyntheticSlot.EITHER, 0.7), Optional.empty(), 1);
    List<Sample> grey = epoch(MixingRule.of(SyntheticSlot.EITHER, 0.7), Optional.of(GREY), 2);
    Seen lost = new Seen(-1, -1);
    for (int i = 0; i < IMAGES; i++) {
      Sample before = plain.get(i);
      Sample after = grey.get(i);
      assertThat(after.first()).isEqualTo(before.first().view() == REAL ? before.first() : lost);
      assertThat(after.second()).isEqualTo(before.second().view() == REAL ? before.second() : lost);
    }
    assertThat(grey.stream().map(Sample::first)).contains(lost);
    assertThat(grey.stream().map(Sample::second)).contains(lost);
  }

  @Test
  void shouldKnowItsNames() {
    assertThat(Arrays.stream(Pairing.values()).map(Pairing::toString))
        .containsExactly("own", "other-image", "same-class")
        .allSatisfy(name -> assertThat(Pairing.named(name).toString()).isEqualTo(name));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pairing.named("any"))
        .withMessageContaining("'any' is none of own, other-image, same-class");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MixingRule.of(SyntheticSlot.BOTH, 0.5).withPairing(Pairing.OTHER_IMAGE))
        .withMessageContaining("Pairing other-image with synthetic slot both");
  }

  /** Everything in a store. */
  private record FilledPool(PoolStore store) implements HorizonPool {

    @Override
    public Horizon freezeHorizon() {
      return new Horizon(
          PoolStores.CLUSTER,
          new TopicHorizon("source-images", "sources-id", List.of(new OffsetRange(0, IMAGES))),
          new TopicHorizon(
              "synthetic-views", "views-id", List.of(new OffsetRange(0, IMAGES * VIEWS))));
    }

    @Override
    public PoolSnapshot snapshotAt(Horizon horizon) {
      return store.snapshot(horizon, List.of("run"));
    }
  }
}
