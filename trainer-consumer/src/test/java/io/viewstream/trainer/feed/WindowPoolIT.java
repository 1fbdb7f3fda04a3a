package io.viewstream.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.kafka.ConnectionSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WindowPoolIT {

  private static final int PARTITIONS = 2;
  private static final WindowSettings WINDOWS =
      new WindowSettings(10, 20, 20, Duration.ofMillis(200));

  @TempDir private Path directory;
  private final ConnectionSettings connection = KafkaEnvironment.shared().newTopics(PARTITIONS);
  private final Published published = new Published(connection);
  private int images;

  @AfterEach
  void close() {
    published.close();
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      published.source("set/" + images, images);
      images++;
    }
  }

  private WindowPool open(WindowPool.Start start) {
    return WindowPool.open(
        ViewPoolSettings.of(connection, directory.resolve("cache")), WINDOWS, start, line -> {});
  }

  private static Set<String> ids(PoolSnapshot snapshot) {
    Set<String> ids = new HashSet<>();
    for (int image = 0; image < snapshot.size(); image++) {
      ids.add(snapshot.source(image).imageId());
    }
    return ids;
  }

  @Test
  void shouldShowEachImageInOneWindowAndRespectWithdrawal() throws Exception {
    publish(25);
    published.withdraw("set/3");
    publish(10);
    Set<String> seen = new HashSet<>();
    try (WindowPool pool = open(WindowPool.Start.BEGINNING)) {
      Horizon first = pool.freezeHorizon();
      seen.addAll(ids(pool.snapshotAt(first)));
      assertThat(seen).hasSize(20);
      PoolSnapshot second = pool.snapshotAt(pool.freezeHorizon());
      // Fourteen or fifteen are left: one whole batch.
      assertThat(second.size()).isEqualTo(10);
      assertThat(ids(second)).doesNotContainAnyElementsOf(seen);
      assertThat(pool.statistics().windows()).isEqualTo(2);
      assertThat(pool.statistics().lagRecords()).isGreaterThanOrEqualTo(0);
    }
  }

  @Test
  void shouldGoOnBehindRecordsThatExpiredAndSayHowMany() throws Exception {
    publish(30);
    Horizon first;
    try (WindowPool pool = open(WindowPool.Start.BEGINNING)) {
      first = pool.freezeHorizon();
      pool.snapshotAt(first);
      // More than is read ahead at once, so that the reader stands before some of it.
      publish(1500);
      deleteAll();
      publish(40);
      Set<String> last = new HashSet<>();
      for (int image = images - 40; image < images; image++) {
        last.add("set/" + image);
      }
      Set<String> seen = new HashSet<>();
      while (Collections.disjoint(seen, last)) {
        assertThat(seen.addAll(ids(pool.snapshotAt(pool.freezeHorizon())))).isTrue();
      }
      StreamStatistics statistics = pool.statistics();
      assertThat(statistics.lostRecords()).isPositive();
      assertThat(statistics.sourceImages() + statistics.lostRecords()).isLessThanOrEqualTo(images);
    }
    try (WindowPool pool = open(new WindowPool.Start(Optional.of(first), List.of()))) {
      assertThatExceptionOfType(FeedException.class)
          .isThrownBy(() -> pool.snapshotAt(first))
          .withMessageContaining("cannot be replayed");
    }
  }

  private void deleteAll() throws Exception {
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        latest.put(
            new TopicPartition(connection.topics().sourceImages(), partition), OffsetSpec.latest());
      }
      Map<TopicPartition, RecordsToDelete> deletions = new HashMap<>();
      admin
          .listOffsets(latest)
          .all()
          .get()
          .forEach(
              (partition, end) ->
                  deletions.put(partition, RecordsToDelete.beforeOffset(end.offset())));
      admin.deleteRecords(deletions).all().get();
    }
  }
}
