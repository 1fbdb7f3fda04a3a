package io.viewstream.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.viewstream.imaging.augment.AugmentationSet;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MixedBatchFeedTest {

  private static final int RESOLUTION = 16;

  /** A batch, copied out of its lease. */
  private record Copy(
      int index,
      List<String> imageIds,
      ByteBuffer first,
      ByteBuffer second,
      SlotCounts firstCounts,
      SlotCounts secondCounts) {}

  @TempDir private Path directory;
  private ScriptedPool pool;
  private int manifests;

  @BeforeEach
  void setUp() {
    pool = new ScriptedPool(directory.resolve("pool"));
  }

  @AfterEach
  void tearDown() {
    pool.close();
  }

  private void fill(int images, int views) {
    for (int image = 0; image < images; image++) {
      pool.add(image, ScriptedPool.picture(-1 - image), views);
    }
  }

  private static FeedSettings settings(int batchSize, MixingRule mixing) {
    return FeedSettings.of(batchSize, RESOLUTION, AugmentationSet.ASYMMETRIC, mixing, 11)
        .withDecodingThreads(2);
  }

  private RunManifest manifest() {
    return RunManifest.create(directory.resolve("manifest" + manifests++), Map.of());
  }

  private List<Copy> epoch(FeedSettings settings, Rank rank, RunManifest manifest, int epoch)
      throws InterruptedException {
    try (MixedBatchFeed feed = new MixedBatchFeed(pool, manifest, settings, rank)) {
      return epoch(feed, epoch, 0);
    }
  }

  private static List<Copy> epoch(BatchFeed feed, int epoch, int firstBatch)
      throws InterruptedException {
    List<Copy> copies = new ArrayList<>();
    try (EpochFeed batches = feed.openEpoch(epoch, firstBatch)) {
      for (MixedBatch batch = batches.next(); batch != null; batch = batches.next()) {
        try (MixedBatch taken = batch) {
          copies.add(
              new Copy(
                  taken.index(),
                  taken.imageIds(),
                  copy(taken.slot(ViewSlot.FIRST)),
                  copy(taken.slot(ViewSlot.SECOND)),
                  taken.counts(ViewSlot.FIRST),
                  taken.counts(ViewSlot.SECOND)));
        }
      }
      assertThat(copies).hasSize(batches.batchCount() - firstBatch);
      assertThat(batches.counts().batches()).isEqualTo(copies.size());
    }
    return copies;
  }

  private static ByteBuffer copy(ByteBuffer buffer) {
    return ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
  }

  @Test
  void shouldGoOnInTheMiddleOfAnEpoch() throws InterruptedException {
    fill(40, 1);
    FeedSettings settings = settings(8, MixingRule.of(SyntheticSlot.SECOND, 0.5));
    RunManifest manifest = manifest();
    List<Copy> whole = epoch(settings, Rank.SINGLE, manifest, 0);
    try (MixedBatchFeed feed = new MixedBatchFeed(pool, manifest, settings, Rank.SINGLE)) {
      assertThat(epoch(feed, 0, 3)).isEqualTo(whole.subList(3, 5));
      assertThat(epoch(feed, 0, 5)).isEmpty();
      assertThat(epoch(feed, 0, 0)).isEqualTo(whole);
      assertThat(epoch(feed, 1, 0)).isNotEqualTo(whole);
    }
  }

  @Test
  void shouldNotSeeWhatCameAfterTheHorizon() throws InterruptedException {
    fill(24, 0);
    FeedSettings settings = settings(8, MixingRule.of(SyntheticSlot.SECOND, 1));
    RunManifest manifest = manifest();
    List<Copy> before;
    try (MixedBatchFeed feed = new MixedBatchFeed(pool, manifest, settings, Rank.SINGLE)) {
      before = epoch(feed, 0, 0);
      assertThat(before)
          .allMatch(batch -> batch.secondCounts().equals(new SlotCounts(0, 0, 8)))
          .allMatch(batch -> batch.firstCounts().equals(new SlotCounts(8, 0, 0)));
      for (int image = 0; image < 12; image++) {
        pool.addView(
            "set/" + image, ScriptedPool.picture(-1 - image), 0, ScriptedPool.picture(500 + image));
      }
      for (int image = 24; image < 32; image++) {
        pool.add(image, ScriptedPool.picture(-1 - image), 1);
      }
      List<Copy> next = epoch(feed, 1, 0);
      assertThat(next).hasSize(4);
      assertThat(next.stream().mapToLong(batch -> batch.secondCounts().synthetic()).sum())
          .isEqualTo(20);
    }
    assertThat(manifest.horizons()).hasSize(2);
    try (RunManifest replay =
        RunManifest.createReplay(directory.resolve("replay"), Map.of(), manifest)) {
      assertThat(epoch(settings, Rank.SINGLE, replay, 0)).isEqualTo(before);
      assertThat(replay.horizons()).containsExactlyElementsOf(manifest.horizons().toList());
    }
  }

  @Test
  void shouldShowEachImageOnceInAnEpochAndOthersInTheTail() throws InterruptedException {
    fill(21, 1);
    FeedSettings settings = settings(8, MixingRule.REAL_ONLY);
    List<String> dropped =
        epoch(settings, Rank.SINGLE, manifest(), 0).stream()
            .flatMap(batch -> batch.imageIds().stream())
            .toList();
    assertThat(dropped).hasSize(16).doesNotHaveDuplicates();
    List<Copy> wrapped = epoch(settings.withTail(Tail.WRAP), Rank.SINGLE, manifest(), 0);
    assertThat(wrapped).hasSize(3);
    assertThat(wrapped.get(2).imageIds().subList(5, 8))
        .isEqualTo(wrapped.get(0).imageIds().subList(0, 3));
    // The same images, but not the same views of them.
    int viewBytes = 3 * RESOLUTION * RESOLUTION * Float.BYTES;
    for (int i = 0; i < 3; i++) {
      assertThat(wrapped.get(2).first().slice((5 + i) * viewBytes, viewBytes))
          .isNotEqualTo(wrapped.get(0).first().slice(i * viewBytes, viewBytes));
    }
  }

  @Test
  void shouldReplaceAnImageThatCannotBeDecodedAndCountIt() throws InterruptedException {
    fill(199, 0);
    pool.add(199, new byte[] {1, 2, 3}, 0);
    RunManifest manifest = manifest();
    FeedSettings settings = settings(8, MixingRule.REAL_ONLY);
    List<String> imageIds = new ArrayList<>();
    try (MixedBatchFeed feed = new MixedBatchFeed(pool, manifest, settings, Rank.SINGLE);
        EpochFeed batches = feed.openEpoch(0, 0)) {
      for (MixedBatch batch = batches.next(); batch != null; batch = batches.next()) {
        imageIds.addAll(batch.imageIds());
        batch.close();
      }
      assertThat(batches.counts().replacedImages()).isEqualTo(1);
    }
    assertThat(imageIds).hasSize(200).doesNotContain("set/199");
  }

  @Test
  void shouldFailWhenMoreThanOneImageInAHundredCannotBeDecoded() throws InterruptedException {
    fill(190, 0);
    for (int image = 190; image < 200; image++) {
      pool.add(image, new byte[] {(byte) image}, 0);
    }
    assertThatExceptionOfType(FeedException.class)
        .isThrownBy(() -> epoch(settings(8, MixingRule.REAL_ONLY), Rank.SINGLE, manifest(), 0))
        .withMessageContaining("of the 200 samples")
        .withMessageContaining("one in a hundred");
  }

  @Test
  void shouldSayWhyAnEpochCannotBegin() throws InterruptedException {
    FeedSettings settings = settings(8, MixingRule.REAL_ONLY);
    assertThatExceptionOfType(FeedException.class)
        .isThrownBy(() -> epoch(settings, Rank.SINGLE, manifest(), 0))
        .withMessageContaining("viewstream produce");
    fill(7, 0);
    assertThatExceptionOfType(FeedException.class)
        .isThrownBy(() -> epoch(settings, Rank.SINGLE, manifest(), 0))
        .withMessageContaining("7 images")
        .withMessageContaining("--batch-size");
    fill(8, 0);
    try (MixedBatchFeed feed = new MixedBatchFeed(pool, manifest(), settings, Rank.SINGLE);
        EpochFeed open = feed.openEpoch(0, 0)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> feed.openEpoch(1, 0))
          .withMessageContaining("Epoch 0");
      assertThat(open.imageCount()).isEqualTo(8);
    }
  }

  @Test
  void shouldNoticeThatARecordedEpochShowsOtherImagesNow() throws InterruptedException {
    fill(8, 0);
    FeedSettings settings = settings(8, MixingRule.REAL_ONLY);
    RunManifest manifest = manifest();
    Horizon horizon = pool.freezeHorizon();
    manifest.append(new EpochHorizon(0, horizon, 9, 0, 1, 0));
    assertThatExceptionOfType(FeedException.class)
        .isThrownBy(() -> epoch(settings, Rank.SINGLE, manifest, 0))
        .withMessageContaining("9 images")
        .withMessageContaining("--views-from");
  }

  @Test
  void shouldStopWhenBatchesAreNotClosedAndKeepTheirMemory() throws InterruptedException {
    fill(64, 0);
    MixedBatchFeed feed =
        new MixedBatchFeed(pool, manifest(), settings(8, MixingRule.REAL_ONLY), Rank.SINGLE);
    EpochFeed batches = feed.openEpoch(0, 0);
    List<MixedBatch> held = new ArrayList<>();
    for (int i = 0; i < FeedSettings.DEFAULT_PREFETCH_BATCHES + 1; i++) {
      held.add(batches.next());
    }
    assertThatIllegalStateException().isThrownBy(batches::next).withMessageContaining("3 batches");
    assertThatIllegalStateException().isThrownBy(feed::close).withMessageContaining("not closed");
    assertThat(held.getFirst().slot(ViewSlot.FIRST).getFloat()).isBetween(-3f, 3f);
    held.forEach(MixedBatch::close);
    feed.close();
  }
}
