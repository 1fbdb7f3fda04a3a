package io.viewstream.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.RgbImage;
import io.viewstream.imaging.augment.AugmentationSet;
import io.viewstream.schemas.Topic;
import io.viewstream.trainer.feed.internal.PoolRecord;
import io.viewstream.trainer.feed.internal.PoolStore;
import io.viewstream.trainer.feed.internal.PoolStores;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

  /** A pool without a cluster: what is appended is visible from the next horizon on. */
  private static final class ScriptedPool implements HorizonPool, AutoCloseable {

    private final PoolStore store;
    private long sources;
    private long views;

    ScriptedPool(Path directory) {
      store = PoolStores.open(directory, 1);
    }

    void add(int image, byte[] content, int viewCount) {
      String id = "set/" + image;
      store.append(
          Topic.SOURCE_IMAGES,
          PoolRecord.source(
              0,
              sources++,
              id,
              PoolStores.sha256(content),
              null,
              20,
              20,
              ByteBuffer.wrap(content)));
      for (int view = 0; view < viewCount; view++) {
        addView(id, content, view, picture(1000L * image + view));
      }
    }

    void addView(String id, byte[] source, int index, byte[] content) {
      store.append(
          Topic.SYNTHETIC_VIEWS,
          PoolRecord.view(
              0,
              views++,
              id,
              PoolStores.sha256(source),
              "run",
              index,
              20,
              20,
              ByteBuffer.wrap(content)));
    }

    @Override
    public Horizon freezeHorizon() {
      return new Horizon(
          PoolStores.CLUSTER,
          new TopicHorizon("source-images", "sources-id", List.of(new OffsetRange(0, sources))),
          new TopicHorizon("synthetic-views", "views-id", List.of(new OffsetRange(0, views))));
    }

    @Override
    public PoolSnapshot snapshotAt(Horizon horizon) {
      store.checkHolds(horizon);
      return store.snapshot(horizon, List.of("run"));
    }

    @Override
    public void close() {
      store.close();
    }
  }

  private static byte[] picture(long seed) {
    byte[] pixels = new byte[20 * 20 * 3];
    new Random(seed).nextBytes(pixels);
    return ImageEncoder.png(new RgbImage(20, 20, pixels));
  }

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
      pool.add(image, picture(-1 - image), views);
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
  void shouldGiveTheSameBitsWhateverTheNumberOfThreads() throws InterruptedException {
    fill(50, 3);
    FeedSettings settings = settings(8, MixingRule.of(SyntheticSlot.BOTH, 0.5));
    List<Copy> single = epoch(settings.withDecodingThreads(1), Rank.SINGLE, manifest(), 2);
    assertThat(single).hasSize(6);
    for (int threads : new int[] {2, 5}) {
      assertThat(epoch(settings.withDecodingThreads(threads), Rank.SINGLE, manifest(), 2))
          .as(threads + " threads")
          .isEqualTo(single);
    }
    assertThat(epoch(settings, Rank.SINGLE, manifest(), 3)).isNotEqualTo(single);
  }

  @Test
  void shouldCutTheSameGlobalBatchesForWorldsOfAnySize() throws InterruptedException {
    fill(41, 2);
    FeedSettings settings =
        settings(8, MixingRule.of(SyntheticSlot.EITHER, 0.7)).withTail(Tail.WRAP);
    List<Copy> single = epoch(settings, Rank.SINGLE, manifest(), 0);
    assertThat(single).hasSize(6);
    for (int worldSize : new int[] {2, 4}) {
      List<List<Copy>> ranks = new ArrayList<>();
      for (int rank = 0; rank < worldSize; rank++) {
        ranks.add(epoch(settings, new Rank(rank, worldSize), manifest(), 0));
      }
      for (int batch = 0; batch < single.size(); batch++) {
        List<String> imageIds = new ArrayList<>();
        ByteBuffer first = ByteBuffer.allocate(single.get(batch).first().capacity());
        ByteBuffer second = ByteBuffer.allocate(single.get(batch).second().capacity());
        for (List<Copy> rank : ranks) {
          imageIds.addAll(rank.get(batch).imageIds());
          first.put(rank.get(batch).first().duplicate());
          second.put(rank.get(batch).second().duplicate());
        }
        assertThat(imageIds).isEqualTo(single.get(batch).imageIds());
        assertThat(first.flip()).isEqualTo(single.get(batch).first());
        assertThat(second.flip()).isEqualTo(single.get(batch).second());
      }
    }
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
        pool.addView("set/" + image, picture(-1 - image), 0, picture(500 + image));
      }
      for (int image = 24; image < 32; image++) {
        pool.add(image, picture(-1 - image), 1);
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
      assertThat(replay.horizons()).isEqualTo(manifest.horizons());
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
