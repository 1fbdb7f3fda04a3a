package io.viewstream.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewPoolIT {

  private static final int PARTITIONS = 3;
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private ConnectionSettings connection;
  private Published published;
  private ViewPoolSettings settings;

  @BeforeEach
  void setUp() {
    connection = KafkaEnvironment.shared().newTopics(PARTITIONS);
    published = new Published(connection);
    settings = ViewPoolSettings.of(connection, directory.resolve("cache"));
  }

  @AfterEach
  void tearDown() {
    published.close();
  }

  private List<Published.Source> publish(int images, int views) {
    published.run("run", views);
    List<Published.Source> sources = new ArrayList<>();
    for (int image = 0; image < images; image++) {
      sources.add(published.source("set/" + image, image));
    }
    published.views(sources, "run", views);
    return sources;
  }

  /** Number of views by image. */
  private static Map<String, Integer> shown(PoolSnapshot snapshot) {
    Map<String, Integer> shown = new TreeMap<>();
    for (int image = 0; image < snapshot.size(); image++) {
      shown.put(snapshot.source(image).imageId(), snapshot.viewCount(image));
    }
    return shown;
  }

  @Test
  void shouldReadEachRecordOnceOverAllRuns() throws Exception {
    List<Published.Source> sources = publish(20, 2);
    published.begin();
    published.view(sources.getFirst(), "run", 5);
    published.abort();
    published.malformedSource("set/bad");
    long hash;
    long usedBytes;
    try (ViewPool pool = ViewPool.open(settings, FillProgress.NONE)) {
      assertThat(pool.usedBytes()).isLessThan(1000);
      PoolSnapshot snapshot = pool.snapshotAt(pool.freezeHorizon());
      assertThat(shown(snapshot))
          .hasSize(20)
          .allSatisfy((id, views) -> assertThat(views).isEqualTo(2));
      assertThat(snapshot.source(0).label()).isEqualTo("class");
      assertThat(pool.malformedRecords()).isEqualTo(1);
      hash = snapshot.contentHash();
      usedBytes = pool.usedBytes();
    }
    assertThat(committed()).hasSize(3 * PARTITIONS).containsAllEntriesOf(ends());

    List<Long> totals = new ArrayList<>();
    try (ViewPool pool = ViewPool.open(settings, (done, total) -> totals.add(total))) {
      PoolSnapshot snapshot = pool.snapshotAt(pool.freezeHorizon());
      assertThat(snapshot.contentHash()).isEqualTo(hash);
      assertThat(pool.usedBytes()).isEqualTo(usedBytes);
      assertThat(totals).as("nothing left to read").isEmpty();
      published.views(published.source("set/20", 20), "run", 2);
      assertThat(pool.snapshotAt(pool.freezeHorizon()).size()).isEqualTo(21);
      assertThat(totals).as("one source, two views, one marker").containsOnly(4L);
    }
  }

  private Map<TopicPartition, Long> committed() throws Exception {
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      Map<TopicPartition, Long> committed = new HashMap<>();
      Map<TopicPartition, OffsetAndMetadata> offsets =
          admin
              .listConsumerGroupOffsets(ViewPoolSettings.DEFAULT_GROUP_ID)
              .partitionsToOffsetAndMetadata()
              .get();
      offsets.forEach(
          (partition, offset) -> {
            if (partition.topic().startsWith(connection.topics().prefix())) {
              committed.put(partition, offset.offset());
            }
          });
      return committed;
    }
  }

  private Map<TopicPartition, Long> ends() throws InterruptedException {
    try (ViewPool pool =
        ViewPool.open(
            ViewPoolSettings.of(connection, directory.resolve("other")), FillProgress.NONE)) {
      Map<TopicPartition, Long> ends = new HashMap<>();
      Horizon horizon = pool.freezeHorizon();
      for (TopicHorizon topic : List.of(horizon.sourceImages(), horizon.syntheticViews())) {
        for (int partition = 0; partition < topic.ends().length; partition++) {
          ends.put(new TopicPartition(topic.topic(), partition), topic.ends()[partition]);
        }
      }
      return ends;
    }
  }

  @Test
  void shouldReadAgainWhatATornTailLost() throws InterruptedException {
    publish(20, 2);
    long hash;
    try (ViewPool pool = ViewPool.open(settings, FillProgress.NONE)) {
      hash = pool.snapshotAt(pool.freezeHorizon()).contentHash();
    }
    for (Path segment : segments()) {
      try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
        file.seek(9000);
        file.write(new byte[64]);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    List<Long> totals = new ArrayList<>();
    try (ViewPool pool = ViewPool.open(settings, (done, total) -> totals.add(total))) {
      PoolSnapshot snapshot = pool.snapshotAt(pool.freezeHorizon());
      assertThat(snapshot.contentHash()).isEqualTo(hash);
      assertThat(totals.getFirst()).isBetween(10L, 75L);
      for (int image = 0; image < snapshot.size(); image++) {
        assertThat(snapshot.source(image).content().remaining()).isPositive();
        assertThat(snapshot.view(image, 1).content().remaining()).isPositive();
      }
    }
  }

  private List<Path> segments() {
    try (Stream<Path> files = Files.walk(directory.resolve("cache"))) {
      return files.filter(file -> file.toString().endsWith(".segment")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shouldShowReplacedImagesWithTheirOwnViewsAndWithdrawnOnesNotAtAll()
      throws InterruptedException {
    publish(4, 2);
    try (ViewPool pool = ViewPool.open(settings, FillProgress.NONE)) {
      Horizon before = pool.freezeHorizon();
      assertThat(shown(pool.snapshotAt(before))).hasSize(4);
      Published.Source replaced = published.source("set/1", 101);
      published.withdraw("set/2");
      assertThat(shown(pool.snapshotAt(pool.freezeHorizon())))
          .isEqualTo(Map.of("set/0", 2, "set/1", 0, "set/3", 2));
      published.views(replaced, "run", 1);
      assertThat(shown(pool.snapshotAt(pool.freezeHorizon())))
          .isEqualTo(Map.of("set/0", 2, "set/1", 1, "set/3", 2));
      assertThat(shown(pool.snapshotAt(before)))
          .isEqualTo(Map.of("set/0", 2, "set/1", 2, "set/2", 2, "set/3", 2));
    }
  }

  @Test
  void shouldNotSeeOrWaitForATransactionThatIsOpen() throws InterruptedException {
    List<Published.Source> sources = publish(1, 1);
    published.begin();
    published.view(sources.getFirst(), "run", 1);
    try (ViewPool pool = ViewPool.open(settings, FillProgress.NONE)) {
      Horizon before = pool.freezeHorizon();
      assertThat(shown(pool.snapshotAt(before))).isEqualTo(Map.of("set/0", 1));
      published.commit();
      assertThat(shown(pool.snapshotAt(before))).isEqualTo(Map.of("set/0", 1));
      assertThat(shown(pool.snapshotAt(pool.freezeHorizon()))).isEqualTo(Map.of("set/0", 2));
    }
  }

  @Test
  void shouldEndByTheInterruptThatAStopIs() throws InterruptedException {
    publish(1, 1);
    try (ViewPool pool = ViewPool.open(settings, FillProgress.NONE)) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedException.class).isThrownBy(pool::freezeHorizon);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      Horizon horizon = pool.freezeHorizon();
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedException.class)
          .isThrownBy(() -> pool.snapshotAt(horizon));
      assertThat(pool.snapshotAt(horizon).size()).isEqualTo(1);
    }
  }

  @Test
  void shouldAskForARunWhenThereAreSeveral() throws InterruptedException {
    Published.Source source = publish(1, 2).getFirst();
    published.run("second", 1);
    published.views(source, "second", 1);
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> ViewPool.open(settings, FillProgress.NONE))
        .withMessageContaining("run, second")
        .withMessageContaining("--views-from");
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(
            () -> ViewPool.open(settings.withViewsFrom(List.of("third")), FillProgress.NONE))
        .withMessageContaining("'third'");
    for (Map.Entry<List<String>, Integer> expected :
        Map.of(List.of("run"), 2, List.of("second"), 1, List.of("second", "run"), 3).entrySet()) {
      try (ViewPool pool =
          ViewPool.open(settings.withViewsFrom(expected.getKey()), FillProgress.NONE)) {
        assertThat(shown(pool.snapshotAt(pool.freezeHorizon())))
            .isEqualTo(Map.of("set/0", expected.getValue()));
      }
    }
  }

  @Test
  void shouldWaitUntilImagesHaveTheirViewsOrADeadLetter() throws Exception {
    publish(2, 2);
    Published.Source late = published.source("set/2", 2);
    Published.Source failing = published.source("set/3", 3);
    try (ViewPool pool = ViewPool.open(settings, FillProgress.NONE)) {
      assertThat(pool.waitForViews(2, LONG)).isEqualTo(new SettledImages(4, 2, 0));
      assertThat(pool.waitForViews(4, Duration.ofMillis(10)).unsettled()).isEqualTo(2);
      CompletableFuture<Void> generation =
          CompletableFuture.runAsync(
              () -> {
                published.views(late, "run", 2);
                published.deadLetter(failing, "run");
              });
      assertThat(pool.waitForViews(4, LONG)).isEqualTo(new SettledImages(4, 3, 1));
      generation.get();
    }
  }

  @Test
  void shouldSayHowLargeTheCacheHasToBe() throws InterruptedException {
    publish(10, 1);
    String message = "";
    try (ViewPool pool = ViewPool.open(settings.withCacheBytes(15_000), FillProgress.NONE)) {
      pool.snapshotAt(pool.freezeHorizon());
    } catch (FeedException e) {
      message = e.getMessage();
    }
    assertThat(message).contains("--cache-bytes allows 15000").contains("take ");
    long needed = Long.parseLong(message.replaceAll(".* take (\\d+) bytes.*", "$1"));
    try (ViewPool pool = ViewPool.open(settings.withCacheBytes(needed), FillProgress.NONE)) {
      assertThat(pool.snapshotAt(pool.freezeHorizon()).totalViews()).isEqualTo(10);
    }
  }

  @Test
  void shouldSayThatRecordsHaveExpired() throws Exception {
    publish(6, 1);
    Horizon recorded;
    try (ViewPool pool = ViewPool.open(settings, FillProgress.NONE)) {
      recorded = pool.freezeHorizon();
      pool.snapshotAt(recorded);
    }
    for (int image = 6; image < 30; image++) {
      published.source("set/" + image, image);
    }
    deleteSourcesBefore(ends());
    assertThatExceptionOfType(FeedException.class)
        .isThrownBy(() -> ViewPool.open(settings, FillProgress.NONE))
        .withMessageContaining("expired before they were read")
        .withMessageContaining("retention.ms");
    ViewPoolSettings fresh = ViewPoolSettings.of(connection, directory.resolve("fresh"));
    try (ViewPool pool = ViewPool.open(fresh, FillProgress.NONE)) {
      assertThatExceptionOfType(FeedException.class)
          .isThrownBy(() -> pool.snapshotAt(recorded))
          .withMessageContaining("cannot be replayed");
    }
  }

  private void deleteSourcesBefore(Map<TopicPartition, Long> ends)
      throws InterruptedException, ExecutionException {
    Map<TopicPartition, RecordsToDelete> deletions = new HashMap<>();
    ends.forEach(
        (partition, end) -> {
          if (partition.topic().equals(connection.topics().sourceImages())) {
            deletions.put(partition, RecordsToDelete.beforeOffset(end));
          }
        });
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      admin.deleteRecords(deletions).all().get();
    }
  }
}
