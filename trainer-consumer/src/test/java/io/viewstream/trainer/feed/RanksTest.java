package io.viewstream.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.imaging.augment.AugmentationSet;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Worlds of one, two and four ranks that live at once in this process, each rank with another
 * number of decoding threads, make the same global batches byte for byte: for every slot that may
 * be synthetic and for augmentations that treat both views alike and not.
 */
class RanksTest {

  private static final int IMAGES = 37;
  private static final int BATCH = 8;
  private static final int[] THREADS = {1, 2, 5};

  @TempDir private Path folder;
  private ScriptedPool pool;
  private int manifests;

  @BeforeEach
  void fill() {
    pool = new ScriptedPool(folder.resolve("pool"));
    for (int image = 0; image < IMAGES; image++) {
      // Images without views, with one and with several: each slot falls back now and then.
      pool.add(image, ScriptedPool.picture(-1 - image), image % 4);
    }
  }

  @AfterEach
  void close() {
    pool.close();
  }

  static Stream<Arguments> settings() {
    return Stream.of(SyntheticSlot.values())
        .flatMap(
            slot ->
                Stream.of(AugmentationSet.SYMMETRIC, AugmentationSet.ASYMMETRIC)
                    .map(set -> Arguments.of(slot, set.name())));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("settings")
  void shouldSeeTheSameGlobalBatchesInEveryWorld(SyntheticSlot slot, String augmentation)
      throws InterruptedException {
    FeedSettings settings =
        FeedSettings.of(
                BATCH, 16, AugmentationSet.named(augmentation), MixingRule.of(slot, 0.7), 23)
            .withTail(Tail.WRAP);
    List<GlobalBatch> single = world(settings, 1, 0);
    assertThat(single).hasSize(5);
    for (int threads = 1; threads < THREADS.length; threads++) {
      assertThat(world(settings, 1, threads))
          .as("%d decoding threads", THREADS[threads])
          .isEqualTo(single);
    }
    assertThat(world(settings, 2, 0)).as("2 ranks").isEqualTo(single);
    assertThat(world(settings, 4, 1)).as("4 ranks").isEqualTo(single);
    assertThat(single.stream().mapToLong(batch -> batch.first.synthetic()).sum() > 0)
        .isEqualTo(slot != SyntheticSlot.SECOND);
    assertThat(single.stream().mapToLong(batch -> batch.second.synthetic()).sum() > 0)
        .isEqualTo(slot != SyntheticSlot.FIRST);
  }

  /** The slices of all ranks of a batch, put together. */
  private record GlobalBatch(
      List<String> imageIds,
      ByteBuffer firstViews,
      ByteBuffer secondViews,
      SlotCounts first,
      SlotCounts second) {}

  /**
   * An epoch of a world whose ranks take their batches in turn.
   *
   * @param firstThreads place in {@link #THREADS} of the first rank's number of threads; the next
   *     rank has the next
   */
  private List<GlobalBatch> world(FeedSettings settings, int size, int firstThreads)
      throws InterruptedException {
    List<MixedBatchFeed> feeds = new ArrayList<>();
    List<EpochFeed> epochs = new ArrayList<>();
    List<GlobalBatch> batches = new ArrayList<>();
    try (RunManifest manifest =
        RunManifest.create(folder.resolve("manifest" + manifests++), Map.of())) {
      for (int rank = 0; rank < size; rank++) {
        FeedSettings own =
            settings.withDecodingThreads(THREADS[(firstThreads + rank) % THREADS.length]);
        MixedBatchFeed feed = new MixedBatchFeed(pool, manifest, own, new Rank(rank, size));
        feeds.add(feed);
        // The first rank to come takes the horizon, the others find it in the manifest.
        epochs.add(feed.openEpoch(1, 0));
      }
      for (int batch = 0; batch < epochs.getFirst().batchCount(); batch++) {
        batches.add(gather(epochs, settings.batchSize()));
      }
      for (EpochFeed epoch : epochs) {
        assertThat(epoch.next()).as("a batch after the last").isNull();
        epoch.close();
      }
    } finally {
      feeds.forEach(MixedBatchFeed::close);
    }
    return batches;
  }

  private static GlobalBatch gather(List<EpochFeed> ranks, int batchSize)
      throws InterruptedException {
    List<String> imageIds = new ArrayList<>();
    int slotBytes = batchSize * 3 * 16 * 16 * Float.BYTES;
    ByteBuffer firstViews = ByteBuffer.allocate(slotBytes);
    ByteBuffer secondViews = ByteBuffer.allocate(slotBytes);
    SlotCounts first = SlotCounts.NONE;
    SlotCounts second = SlotCounts.NONE;
    for (EpochFeed rank : ranks) {
      try (MixedBatch batch = rank.next()) {
        imageIds.addAll(batch.imageIds());
        firstViews.put(batch.slot(ViewSlot.FIRST));
        secondViews.put(batch.slot(ViewSlot.SECOND));
        first = first.plus(batch.counts(ViewSlot.FIRST));
        second = second.plus(batch.counts(ViewSlot.SECOND));
      }
    }
    assertThat(firstViews.hasRemaining() || secondViews.hasRemaining()).isFalse();
    return new GlobalBatch(imageIds, firstViews.flip(), secondViews.flip(), first, second);
  }
}
