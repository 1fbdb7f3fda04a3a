package io.viewstream.trainer.feed.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.viewstream.schemas.Topic;
import io.viewstream.trainer.feed.FeedException;
import io.viewstream.trainer.feed.Horizon;
import io.viewstream.trainer.feed.OffsetRange;
import io.viewstream.trainer.feed.PoolSnapshot;
import io.viewstream.trainer.feed.WindowSettings;
import io.viewstream.trainer.feed.internal.PoolStore.TopicIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class WindowStoreTest {

  private static final int PARTITIONS = 2;
  private static final int BATCH = 8;
  private static final int WINDOW = 32;
  private static final long LARGE = 1L << 40;
  private static final List<String> RUNS = List.of("run");

  @TempDir private Path directory;
  private int folders;

  /** Two topics as they might stand in Kafka. */
  private record Log(List<List<PoolRecord>> sources, List<List<PoolRecord>> views) {

    static Log drawn(Random random, int records) {
      List<List<PoolRecord>> sources = List.of(new ArrayList<>(), new ArrayList<>());
      List<List<PoolRecord>> views = List.of(new ArrayList<>(), new ArrayList<>());
      for (int i = 0; i < records; i++) {
        String id = "image " + random.nextInt(records);
        int partition = Math.floorMod(id.hashCode(), PARTITIONS);
        long offset = sources.get(partition).size();
        if (random.nextInt(15) == 0) {
          sources.get(partition).add(PoolRecord.withdrawn(partition, offset, id));
          continue;
        }
        String content = id + " version " + random.nextInt(2);
        sources
            .get(partition)
            .add(PoolStores.source(partition, offset, id, content).withTimestamp(i));
        for (int view = 0; view < 2 && random.nextInt(10) > 0; view++) {
          for (String run : List.of("other", "run")) {
            long viewOffset = views.get(partition).size();
            views
                .get(partition)
                .add(
                    PoolStores.view(partition, viewOffset, id, content, run, view)
                        .withSourceOffset(offset));
          }
        }
      }
      return new Log(sources, views);
    }

    /** What a window shows, spelled out over the whole log. */
    Map<String, List<String>> shownAt(Horizon window) {
      Map<String, PoolRecord> winners = new HashMap<>();
      Map<String, List<String>> shown = new TreeMap<>();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        OffsetRange range = window.sourceImages().partitions().get(partition);
        for (PoolRecord record : sources.get(partition)) {
          if (record.offset() >= range.begin() && record.offset() < range.end()) {
            winners.put(record.imageId(), record);
          }
        }
      }
      winners.forEach(
          (id, winner) -> {
            if (winner.kind() == FrameKind.SOURCE) {
              Map<Integer, String> byIndex = new TreeMap<>();
              long begin = window.sourceImages().partitions().get(winner.partition()).begin();
              long end = window.syntheticViews().partitions().get(winner.partition()).end();
              for (PoolRecord view : views.get(winner.partition())) {
                if (view.offset() < end
                    && view.sourceOffset() >= begin
                    && view.imageId().equals(id)
                    && view.run().equals("run")
                    && view.sha256().buffer().equals(winner.sha256().buffer())) {
                  byIndex.putIfAbsent(view.viewIndex(), PoolStores.text(view.content().buffer()));
                }
              }
              shown.put(
                  id + "=" + PoolStores.text(winner.content().buffer()),
                  List.copyOf(byIndex.values()));
            }
          });
      return shown;
    }
  }

  /** A store with a thread that delivers, in an order of its own, whatever is wanted. */
  private final class Fed implements AutoCloseable {

    private final PoolStore store;
    private final WindowStore windows;
    private final Log log;
    private final Random random;
    private final long[] sources;
    private final long[] views;
    private final Thread thread;
    private final Path folder = directory.resolve("store" + folders++);
    private volatile boolean closed;
    private volatile long mostAhead;

    Fed(Log log, long seed, WindowSettings settings, Horizon from, List<Horizon> earlier) {
      this.log = log;
      this.random = new Random(seed);
      this.store = PoolStores.open(folder, PARTITIONS, 1 << 12);
      this.sources = begins(from, true);
      this.views = begins(from, false);
      store.log(Topic.SOURCE_IMAGES).appendBeginnings(Map.of(0, sources[0], 1, sources[1]));
      store.log(Topic.SYNTHETIC_VIEWS).appendBeginnings(Map.of(0, views[0], 1, views[1]));
      AtomicLong clock = new AtomicLong();
      this.windows =
          new WindowStore(
              store,
              settings,
              RUNS,
              LARGE,
              earlier,
              // Each look takes a tenth of a second.
              () -> clock.addAndGet(Duration.ofMillis(100).toNanos()),
              line -> {});
      this.thread = Thread.ofPlatform().daemon().start(this::deliver);
    }

    private static long[] begins(Horizon from, boolean source) {
      return from == null
          ? new long[PARTITIONS]
          : (source ? from.sourceImages() : from.syntheticViews())
              .partitions().stream().mapToLong(OffsetRange::begin).toArray();
    }

    private void deliver() {
      while (!closed) {
        int partition = random.nextInt(PARTITIONS);
        boolean source = random.nextInt(3) == 0;
        Topic topic = source ? Topic.SOURCE_IMAGES : Topic.SYNTHETIC_VIEWS;
        List<PoolRecord> records = (source ? log.sources() : log.views()).get(partition);
        long[] positions = source ? sources : views;
        if (positions[partition] < records.size() && windows.wants(topic, partition)) {
          PoolRecord record = records.get((int) positions[partition]++);
          windows.deliver(
              List.of(new WindowStore.Delivered(topic, record)),
              sources,
              views,
              random.nextBoolean());
          noteAhead();
        } else {
          windows.deliver(List.of(), sources, views, random.nextBoolean());
          Thread.yield();
        }
      }
    }

    private void noteAhead() {
      Horizon opened = windows.opened().orElse(null);
      Set<String> ahead = new HashSet<>();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        long end = opened == null ? 0 : opened.sourceImages().partitions().get(partition).end();
        for (long offset = end; offset < sources[partition]; offset++) {
          PoolRecord record = log.sources().get(partition).get((int) offset);
          if (record.kind() == FrameKind.WITHDRAWN) {
            ahead.remove(record.imageId());
          } else {
            ahead.add(record.imageId());
          }
        }
      }
      mostAhead = Math.max(mostAhead, ahead.size());
    }

    long files() throws IOException {
      try (Stream<Path> files = Files.walk(folder)) {
        return files.filter(file -> file.toString().endsWith(".segment")).count();
      }
    }

    @Override
    public void close() {
      closed = true;
      while (thread.isAlive()) {
        Thread.onSpinWait();
      }
      store.close();
    }
  }

  private static Map<String, List<String>> shown(PoolSnapshot snapshot) {
    Map<String, List<String>> shown = new TreeMap<>();
    for (int image = 0; image < snapshot.size(); image++) {
      List<String> views = new ArrayList<>();
      for (int view = 0; view < snapshot.viewCount(image); view++) {
        views.add(PoolStores.text(snapshot.view(image, view).content()));
      }
      shown.put(
          snapshot.source(image).imageId()
              + "="
              + PoolStores.text(snapshot.source(image).content()),
          views);
    }
    return shown;
  }

  private static WindowSettings settings(int passes) {
    return settings(passes, Duration.ofSeconds(2));
  }

  private static WindowSettings settings(int passes, Duration timeout) {
    return new WindowSettings(BATCH, WINDOW, WINDOW * passes, timeout);
  }

  @Test
  void shouldShowTheSameWindowsWhateverTheTimingAndWhereverItGoesOn() throws Exception {
    for (long seed = 0; seed < 6; seed++) {
      int passes = 1 + (int) (seed % 3);
      Log log = Log.drawn(new Random(seed), 500);
      List<Horizon> recorded = new ArrayList<>();
      List<Map<String, List<String>>> expected = new ArrayList<>();
      List<Long> hashes = new ArrayList<>();
      try (Fed fed = new Fed(log, seed, settings(passes), null, List.of())) {
        for (int window = 0; window < 9; window++) {
          Horizon horizon = fed.windows.awaitWindow();
          PoolSnapshot snapshot = fed.windows.begin(horizon);
          recorded.add(horizon);
          expected.add(shown(snapshot));
          hashes.add(snapshot.contentHash());
          assertThat(shown(snapshot)).as("seed " + seed).isEqualTo(log.shownAt(horizon));
          assertThat(snapshot.size()).as("seed " + seed).isBetween(BATCH, WINDOW * passes);
          if (passes == 1) {
            assertThat(snapshot.size() % BATCH).as("seed " + seed).isZero();
          }
        }
        assertThat(fed.mostAhead).as("seed " + seed).isLessThanOrEqualTo(WINDOW);
        WindowStore.Counts counts = fed.windows.counts();
        assertThat(counts.viewsInTime() + counts.lateViews()).isPositive();
      }
      for (int first : new int[] {0, 1, 4}) {
        Horizon from = recorded.get(first);
        List<Horizon> earlier = recorded.subList(Math.max(0, first - passes), first);
        try (Fed fed = new Fed(log, 1000 + seed + first, settings(passes), from, earlier)) {
          for (int window = first; window < recorded.size(); window++) {
            PoolSnapshot snapshot = fed.windows.begin(recorded.get(window));
            String which = "seed " + seed + ", window " + window + " from " + first;
            assertThat(shown(snapshot)).as(which).isEqualTo(expected.get(window));
            assertThat(snapshot.contentHash()).as(which).isEqualTo(hashes.get(window));
          }
          // The next one, not recorded, goes on without a gap.
          Horizon next = fed.windows.awaitWindow();
          assertThat(next.sourceImages().partitions().stream().map(OffsetRange::begin).toList())
              .isEqualTo(
                  recorded.get(recorded.size() - passes).sourceImages().partitions().stream()
                      .map(OffsetRange::end)
                      .toList());
        }
      }
    }
  }

  @Test
  void shouldDrawEachImageInAsManyWindowsAsThereArePasses() throws Exception {
    int passes = 3;
    List<List<PoolRecord>> sources = List.of(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < 12 * WINDOW; i++) {
      int partition = i % 2;
      sources.get(partition).add(PoolStores.source(partition, i / 2, "image " + i, "content " + i));
    }
    Map<String, Integer> draws = new HashMap<>();
    Log log = new Log(sources, List.of(List.of(), List.of()));
    try (Fed fed = new Fed(log, 1, settings(passes, Duration.ofDays(9)), null, List.of())) {
      for (int window = 0; window < 12; window++) {
        PoolSnapshot snapshot = fed.windows.begin(fed.windows.awaitWindow());
        assertThat(snapshot.size()).isEqualTo(WINDOW * Math.min(passes, window + 1));
        shown(snapshot).keySet().forEach(image -> draws.merge(image, 1, Integer::sum));
      }
      assertThat(fed.files()).isLessThan(25);
    }
    assertThat(draws).hasSize(12 * WINDOW);
    assertThat(draws.values()).allMatch(times -> times <= passes);
    assertThat(draws.values().stream().filter(times -> times == passes).count())
        .isEqualTo(10L * WINDOW);
  }

  @Test
  void shouldDropWhatIsPastAndRefuseToGoBack() throws Exception {
    Log log = Log.drawn(new Random(3), 3000);
    try (Fed fed = new Fed(log, 3, settings(1), null, List.of())) {
      Horizon first = fed.windows.awaitWindow();
      fed.windows.begin(first);
      long mostBytes = 0;
      for (int window = 1; window < 60; window++) {
        fed.windows.begin(fed.windows.awaitWindow());
        mostBytes = Math.max(mostBytes, fed.windows.counts().usedBytes());
      }
      // The window, the next one, their views, and what is left in segments of 4 KiB.
      assertThat(mostBytes).isLessThan(100_000);
      assertThat(fed.files()).isLessThan(30);
      assertThatExceptionOfType(FeedException.class)
          .isThrownBy(() -> fed.windows.begin(first))
          .withMessageContaining("left the buffer");
    }
  }

  @Test
  void shouldSayWhenTheCacheCannotHoldABatchAndPassAFailureOn() throws Exception {
    PoolStore store = PoolStores.open(directory.resolve("small"), 1);
    try (store) {
      WindowStore windows =
          new WindowStore(store, settings(1), RUNS, 500, List.of(), System::nanoTime, line -> {});
      List<WindowStore.Delivered> records = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        records.add(
            new WindowStore.Delivered(
                Topic.SOURCE_IMAGES, PoolStores.source(0, i, "image " + i, "content")));
      }
      windows.deliver(records, new long[] {5}, new long[] {0}, true);
      assertThat(windows.wants(Topic.SOURCE_IMAGES, 0)).isFalse();
      assertThatExceptionOfType(FeedException.class)
          .isThrownBy(windows::awaitWindow)
          .withMessageContaining("The cache is too small")
          .withMessageContaining("5 images that arrived do not fill a step of 8")
          .withMessageContaining("--cache-bytes (500)");
      windows.fail(new IllegalStateException("the broker is gone"));
      assertThatExceptionOfType(FeedException.class)
          .isThrownBy(windows::awaitWindow)
          .withMessageContaining("the broker is gone");
    }
  }

  @Test
  @Timeout(20) // It once waited for ever.
  void shouldSayWhenEarlierWindowsFillTheCacheAndNothingElseCanCome() throws Exception {
    try (PoolStore store = PoolStores.open(directory.resolve("full"), 1)) {
      WindowStore windows =
          new WindowStore(
              store,
              new WindowSettings(4, 8, 32, Duration.ofDays(9)),
              RUNS,
              400,
              List.of(),
              System::nanoTime,
              line -> {});
      windows.deliver(sources(0, 4), new long[] {4}, new long[] {0}, true);
      windows.begin(windows.awaitWindow());
      assertThat(windows.wants(Topic.SOURCE_IMAGES, 0)).isFalse();
      assertThatExceptionOfType(FeedException.class)
          .isThrownBy(windows::awaitWindow)
          .withMessageContaining("The cache is too small")
          .withMessageContaining("0 images that arrived");
    }
  }

  @Test
  void shouldTakeATopicOfViewsThatHasMorePartitionsThanTheSources() throws Exception {
    Map<Topic, TopicIdentity> topics =
        Map.of(
            Topic.SOURCE_IMAGES, new TopicIdentity("source-images", "sources-id", 1),
            Topic.SYNTHETIC_VIEWS, new TopicIdentity("synthetic-views", "views-id", 2),
            Topic.DEAD_LETTERS, new TopicIdentity("dead-letters", "letters-id", 1));
    try (PoolStore store =
        PoolStore.open(directory.resolve("grown"), PoolStores.CLUSTER, topics, 1 << 16)) {
      WindowStore windows =
          new WindowStore(store, settings(1), RUNS, LARGE, List.of(), System::nanoTime, line -> {});
      windows.deliver(sources(0, BATCH), new long[] {BATCH}, new long[] {0, 0}, true);
      assertThat(windows.wants(Topic.SYNTHETIC_VIEWS, 0)).isTrue();
      assertThat(windows.wants(Topic.SYNTHETIC_VIEWS, 1)).isFalse();
    }
  }

  @Test
  @Timeout(20)
  void shouldPassOnAnErrorOfTheReadingThread() {
    try (PoolStore store = PoolStores.open(directory.resolve("error"), 1)) {
      WindowStore windows =
          new WindowStore(store, settings(1), RUNS, LARGE, List.of(), System::nanoTime, line -> {});
      windows.fail(new OutOfMemoryError("Java heap space"));
      assertThatExceptionOfType(FeedException.class)
          .isThrownBy(windows::awaitWindow)
          .withMessageContaining("OutOfMemoryError: Java heap space");
    }
  }

  @Test
  void shouldSayOnceWhatItWaitsForAndCountViewsByWhenTheyCome() throws Exception {
    List<String> lines = new ArrayList<>();
    AtomicLong clock = new AtomicLong();
    try (PoolStore store = PoolStores.open(directory.resolve("views"), 1)) {
      WindowStore windows =
          new WindowStore(
              store,
              new WindowSettings(2, 2, 4, Duration.ZERO),
              RUNS,
              LARGE,
              List.of(),
              () -> clock.addAndGet(Duration.ofSeconds(2).toNanos()),
              lines::add);
      Thread producer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (lines.isEmpty()) {
                      Thread.onSpinWait();
                    }
                    windows.deliver(sources(0, 2), new long[] {2}, new long[] {0}, true);
                  });
      windows.begin(windows.awaitWindow());
      producer.join();
      assertThat(lines)
          .containsExactly(
              "Waiting for images: 0 of the 2 that a step needs have come to source-images; is"
                  + " `viewstream produce` running?");
      windows.deliver(List.of(view(0, 0)), new long[] {2}, new long[] {1}, true);
      assertThat(windows.counts().lateViews()).isEqualTo(1);
      for (int window = 1; window < 4; window++) {
        windows.deliver(sources(2 * window, 2), new long[] {2L * window + 2}, new long[] {1}, true);
        PoolSnapshot snapshot = windows.begin(windows.awaitWindow());
        assertThat(snapshot.totalViews()).isEqualTo(window == 1 ? 1 : 0);
      }
      windows.deliver(List.of(view(1, 1)), new long[] {8}, new long[] {2}, true);
      windows.deliver(List.of(view(8, 2)), new long[] {8}, new long[] {3}, true);
      assertThat(windows.counts().lateViews()).isEqualTo(1);
      assertThat(windows.counts().missedViews()).isEqualTo(1);
      assertThat(windows.counts().viewsInTime()).isEqualTo(1);
      // The last one is of an image that was not read yet: no more are wanted until it is.
      assertThat(windows.wants(Topic.SYNTHETIC_VIEWS, 0)).isFalse();
      assertThat(windows.wants(Topic.SOURCE_IMAGES, 0)).isTrue();
    }
  }

  private static List<WindowStore.Delivered> sources(int first, int count) {
    List<WindowStore.Delivered> sources = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      sources.add(
          new WindowStore.Delivered(
              Topic.SOURCE_IMAGES, PoolStores.source(0, i, "image " + i, "content " + i)));
    }
    return sources;
  }

  private static WindowStore.Delivered view(int source, long offset) {
    return new WindowStore.Delivered(
        Topic.SYNTHETIC_VIEWS,
        PoolStores.view(0, offset, "image " + source, "content " + source, "run", 0)
            .withSourceOffset(source));
  }
}
