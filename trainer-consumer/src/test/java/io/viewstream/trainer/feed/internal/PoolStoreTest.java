package io.viewstream.trainer.feed.internal;

import static io.viewstream.trainer.feed.internal.PoolStores.source;
import static io.viewstream.trainer.feed.internal.PoolStores.text;
import static io.viewstream.trainer.feed.internal.PoolStores.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.viewstream.schemas.GenerationRun;
import io.viewstream.schemas.Topic;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.Horizon;
import io.viewstream.trainer.feed.OffsetRange;
import io.viewstream.trainer.feed.PoolSnapshot;
import io.viewstream.trainer.feed.SettledImages;
import io.viewstream.trainer.feed.TopicHorizon;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoolStoreTest {

  private static final List<String> RUN = List.of("run");

  @TempDir private Path directory;

  private static Horizon horizon(long sources, long views) {
    return new Horizon(
        PoolStores.CLUSTER,
        new TopicHorizon("source-images", "sources-id", List.of(new OffsetRange(0, sources))),
        new TopicHorizon("synthetic-views", "views-id", List.of(new OffsetRange(0, views))));
  }

  /** The snapshot as text: image id and source → views. */
  private static Map<String, List<String>> shown(PoolSnapshot snapshot) {
    Map<String, List<String>> shown = new TreeMap<>();
    for (int image = 0; image < snapshot.size(); image++) {
      List<String> views = new ArrayList<>();
      for (int view = 0; view < snapshot.viewCount(image); view++) {
        views.add(text(snapshot.view(image, view).content()));
      }
      shown.put(
          snapshot.source(image).imageId() + "=" + text(snapshot.source(image).content()), views);
    }
    return shown;
  }

  @Test
  void shouldLetTheHighestOffsetOfAnImageWin() {
    try (PoolStore store = PoolStores.open(directory, 1)) {
      store.append(Topic.SOURCE_IMAGES, source(0, 0, "a", "old"));
      store.append(Topic.SYNTHETIC_VIEWS, view(0, 0, "a", "old", "run", 0));
      store.append(Topic.SYNTHETIC_VIEWS, view(0, 1, "a", "new", "run", 0));
      store.append(Topic.SOURCE_IMAGES, source(0, 1, "a", "new"));
      assertThat(shown(store.snapshot(horizon(1, 2), RUN)))
          .isEqualTo(Map.of("a=old", List.of("old/run/0@0-0")));
      assertThat(shown(store.snapshot(horizon(2, 2), RUN)))
          .isEqualTo(Map.of("a=new", List.of("new/run/0@0-1")));
      assertThat(shown(store.snapshot(horizon(2, 1), RUN))).isEqualTo(Map.of("a=new", List.of()));
    }
  }

  @Test
  void shouldWithdrawAnImageWithItsViewsAndTakeItBack() {
    try (PoolStore store = PoolStores.open(directory, 1)) {
      store.append(Topic.SOURCE_IMAGES, source(0, 0, "a", "x"));
      store.append(Topic.SYNTHETIC_VIEWS, view(0, 0, "a", "x", "run", 0));
      store.append(Topic.SOURCE_IMAGES, PoolRecord.withdrawn(0, 1, "a"));
      store.append(Topic.SOURCE_IMAGES, source(0, 2, "a", "x"));
      assertThat(shown(store.snapshot(horizon(1, 1), RUN))).hasSize(1);
      assertThat(shown(store.snapshot(horizon(2, 1), RUN))).isEmpty();
      assertThat(shown(store.snapshot(horizon(3, 1), RUN)))
          .isEqualTo(Map.of("a=x", List.of("x/run/0@0-0")));
    }
  }

  @Test
  void shouldShowTheChosenRunsOnlyInTheirOrderAndEachViewOnce() {
    try (PoolStore store = PoolStores.open(directory, 1)) {
      store.append(Topic.SOURCE_IMAGES, source(0, 0, "a", "x"));
      store.append(Topic.SYNTHETIC_VIEWS, view(0, 0, "a", "x", "one", 1));
      store.append(Topic.SYNTHETIC_VIEWS, view(0, 1, "a", "x", "two", 0));
      store.append(Topic.SYNTHETIC_VIEWS, view(0, 2, "a", "x", "one", 0));
      store.append(Topic.SYNTHETIC_VIEWS, view(0, 3, "a", "x", "one", 0));
      Horizon all = horizon(1, 4);
      assertThat(shown(store.snapshot(all, List.of("one"))))
          .isEqualTo(Map.of("a=x", List.of("x/one/0@0-2", "x/one/1@0-0")));
      assertThat(shown(store.snapshot(all, List.of("two", "one"))))
          .isEqualTo(Map.of("a=x", List.of("x/two/0@0-1", "x/one/0@0-2", "x/one/1@0-0")));
      assertThat(shown(store.snapshot(all, List.of("three")))).isEqualTo(Map.of("a=x", List.of()));
      assertThat(shown(store.snapshot(all, List.of()))).isEqualTo(Map.of("a=x", List.of()));
    }
  }

  @Test
  void shouldShowTheSameWhateverTheOrderOfArrival() {
    for (long seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      List<PoolRecord> sources = new ArrayList<>();
      List<PoolRecord> views = new ArrayList<>();
      for (int offset = 0; offset < 60; offset++) {
        String id = "image " + random.nextInt(12);
        String content = id + " version " + random.nextInt(3);
        sources.add(
            random.nextInt(8) == 0
                ? PoolRecord.withdrawn(0, offset, id)
                : source(0, offset, id, content));
        String run = random.nextBoolean() ? "run" : "other";
        views.add(view(0, offset, id, content, run, random.nextInt(3)));
      }
      Horizon horizon = horizon(20 + random.nextInt(40), 20 + random.nextInt(40));
      PoolSnapshot ordered;
      Map<String, List<String>> expected = reference(sources, views, horizon);
      try (PoolStore store = PoolStores.open(directory.resolve("ordered" + seed), 1)) {
        sources.forEach(record -> store.append(Topic.SOURCE_IMAGES, record));
        views.forEach(record -> store.append(Topic.SYNTHETIC_VIEWS, record));
        ordered = store.snapshot(horizon, RUN);
        assertThat(shown(ordered)).as("seed " + seed).isEqualTo(expected);
      }
      // Partitions are read in order, but records of an image may come in any order by topic.
      Collections.shuffle(sources, random);
      Collections.shuffle(views, random);
      try (PoolStore store = PoolStores.open(directory.resolve("shuffled" + seed), 1)) {
        views.forEach(record -> store.append(Topic.SYNTHETIC_VIEWS, record));
        sources.forEach(record -> store.append(Topic.SOURCE_IMAGES, record));
        PoolSnapshot shuffled = store.snapshot(horizon, RUN);
        assertThat(shown(shuffled)).as("seed " + seed).isEqualTo(expected);
        assertThat(shuffled.contentHash()).isEqualTo(ordered.contentHash());
      }
    }
  }

  /** Invariant 1, spelled out over whole lists. */
  private static Map<String, List<String>> reference(
      List<PoolRecord> sources, List<PoolRecord> views, Horizon horizon) {
    Map<String, PoolRecord> winners = new HashMap<>();
    for (PoolRecord source : sources) {
      if (source.offset() < horizon.sourceImages().ends()[0]) {
        winners.put(source.imageId(), source);
      }
    }
    Map<String, List<String>> shown = new TreeMap<>();
    winners.forEach(
        (id, winner) -> {
          if (winner.kind() == FrameKind.SOURCE) {
            Map<Integer, String> byIndex = new TreeMap<>();
            for (PoolRecord view : views) {
              if (view.offset() < horizon.syntheticViews().ends()[0]
                  && view.imageId().equals(id)
                  && view.run().equals("run")
                  && view.sha256().buffer().equals(winner.sha256().buffer())) {
                byIndex.putIfAbsent(view.viewIndex(), text(view.content().buffer()));
              }
            }
            shown.put(id + "=" + text(winner.content().buffer()), List.copyOf(byIndex.values()));
          }
        });
    return shown;
  }

  @Test
  void shouldComeBackFromItsFilesWithPositions() {
    PoolSnapshot before;
    Map<String, List<String>> shownBefore;
    try (PoolStore store = PoolStores.open(directory, 1)) {
      store.log(Topic.SOURCE_IMAGES).appendBeginnings(Map.of(0, 3L));
      for (int i = 0; i < 3000; i++) {
        store.append(Topic.SOURCE_IMAGES, source(0, 3 + i, "image " + i, "content " + i));
        store.append(Topic.SYNTHETIC_VIEWS, view(0, i, "image " + i, "content " + i, "run", 0));
      }
      store.log(Topic.SOURCE_IMAGES).appendPositions(Map.of(0, 4000L));
      before = store.snapshot(horizon(4000, 2000), RUN);
      assertThat(before.size()).isEqualTo(3000);
      assertThat(before.totalViews()).isEqualTo(2000);
      shownBefore = shown(before);
    }
    try (PoolStore store = PoolStores.open(directory, 1)) {
      assertThat(store.log(Topic.SOURCE_IMAGES).position(0)).isEqualTo(4000);
      assertThat(store.log(Topic.SYNTHETIC_VIEWS).position(0)).isEqualTo(3000);
      assertThat(store.log(Topic.DEAD_LETTERS).position(0)).isEqualTo(-1);
      assertThat(store.held().sourceImages().partitions())
          .containsExactly(new OffsetRange(3, 4000));
      PoolSnapshot after = store.snapshot(horizon(4000, 2000), RUN);
      assertThat(after.contentHash()).isEqualTo(before.contentHash());
      assertThat(shown(after)).isEqualTo(shownBefore);
    }
  }

  @Test
  void shouldCountImagesThatAreSettled() {
    GenerationRun run = new GenerationRun("run", "g", "1", 2, 1L, "png", Instant.EPOCH, List.of());
    GenerationRun other =
        new GenerationRun("other", "g", "1", 1, 1L, "png", Instant.EPOCH, List.of());
    try (PoolStore store = PoolStores.open(directory, 1)) {
      for (int i = 0; i < 5; i++) {
        store.append(Topic.SOURCE_IMAGES, source(0, i, "image " + i, "content " + i));
      }
      store.append(Topic.SYNTHETIC_VIEWS, view(0, 0, "image 0", "content 0", "run", 0));
      store.append(Topic.SYNTHETIC_VIEWS, view(0, 1, "image 0", "content 0", "run", 1));
      store.append(Topic.SYNTHETIC_VIEWS, view(0, 2, "image 1", "content 1", "run", 0));
      store.append(Topic.SYNTHETIC_VIEWS, view(0, 3, "image 1", "content 1", "run", 0));
      store.append(Topic.DEAD_LETTERS, PoolRecord.deadLetter(0, 0, "image 2", "run", 0, 2));
      store.append(Topic.DEAD_LETTERS, PoolRecord.deadLetter(0, 1, "image 3", "other", 0, 3));
      store.append(Topic.DEAD_LETTERS, PoolRecord.deadLetter(0, 2, "image 3", "run", 0, 99));
      store.log(Topic.SOURCE_IMAGES).appendPositions(Map.of(0, 5L));
      store.log(Topic.SYNTHETIC_VIEWS).appendPositions(Map.of(0, 4L));
      assertThat(store.settled(List.of(run))).isEqualTo(new SettledImages(5, 1, 1));
      assertThat(store.settled(List.of(run)).unsettled()).isEqualTo(3);
      assertThat(store.settled(List.of(other))).isEqualTo(new SettledImages(5, 0, 1));
      assertThat(store.settled(List.of(run, other))).isEqualTo(new SettledImages(5, 0, 0));
      store.append(Topic.SOURCE_IMAGES, source(0, 5, "image 2", "content 2"));
      store.log(Topic.SOURCE_IMAGES).appendPositions(Map.of(0, 6L));
      assertThat(store.settled(List.of(run))).isEqualTo(new SettledImages(5, 1, 0));
    }
  }

  @Test
  void shouldRefuseHorizonsItCannotShow() {
    try (PoolStore store = PoolStores.open(directory, 1)) {
      store.log(Topic.SOURCE_IMAGES).appendBeginnings(Map.of(0, 10L));
      store.checkHolds(horizon(0, 5));
      assertThatExceptionOfType(FeedException.class)
          .isThrownBy(() -> store.checkHolds(horizon(20, 5)))
          .withMessageContaining("source-images-0")
          .withMessageContaining("expired");
      assertThatExceptionOfType(FeedException.class)
          .isThrownBy(
              () ->
                  store.checkHolds(
                      new Horizon(
                          PoolStores.CLUSTER,
                          new TopicHorizon("source-images", "former-id", List.of()),
                          horizon(0, 0).syntheticViews())))
          .withMessageContaining("former-id")
          .withMessageContaining("deleted");
      assertThatExceptionOfType(FeedException.class)
          .isThrownBy(() -> PoolStores.open(directory, 1))
          .withMessageContaining("in use")
          .withMessageContaining("--cache-dir");
    }
  }
}
