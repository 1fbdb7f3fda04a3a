package io.viewstream.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.imaging.augment.AugmentationSet;
import io.viewstream.kafka.ConnectionSettings;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MixedBatchFeedIT {

  private static final FeedSettings SETTINGS =
      FeedSettings.of(
          8, 16, AugmentationSet.SYMMETRIC, MixingRule.of(SyntheticSlot.SECOND, 0.75), 3);

  @TempDir private Path directory;

  private List<ByteBuffer> train(ConnectionSettings connection, String cache, RunManifest manifest)
      throws InterruptedException {
    ViewPoolSettings settings = ViewPoolSettings.of(connection, directory.resolve(cache));
    try (ViewPool pool = ViewPool.open(settings, FillProgress.NONE);
        MixedBatchFeed feed = new MixedBatchFeed(pool, manifest, SETTINGS, Rank.SINGLE)) {
      List<ByteBuffer> slots = new ArrayList<>();
      for (int epoch = 0; epoch < 2; epoch++) {
        try (EpochFeed batches = feed.openEpoch(epoch, 0)) {
          MixedBatch batch = batches.next();
          while (batch != null) {
            for (ViewSlot slot : ViewSlot.values()) {
              ByteBuffer values = batch.slot(slot);
              slots.add(ByteBuffer.allocate(values.remaining()).put(values).flip());
            }
            batch.close();
            batch = batches.next();
          }
          assertThat(batches.counts().second().synthetic()).isPositive();
        }
      }
      return slots;
    }
  }

  @Test
  void shouldReplayBitForBitAfterMoreWasAppended() throws InterruptedException {
    ConnectionSettings connection = KafkaEnvironment.shared().newTopics(2);
    try (Published published = new Published(connection);
        RunManifest manifest = RunManifest.create(directory.resolve("manifest"), Map.of())) {
      published.run("run", 3);
      List<Published.Source> generated = new ArrayList<>();
      for (int image = 0; image < 30; image++) {
        Published.Source source = published.source("set/" + image, image);
        if (image % 3 != 0) {
          generated.add(source);
        }
      }
      published.views(generated, "run", 3);
      List<ByteBuffer> recorded = train(connection, "cache", manifest);
      assertThat(recorded).hasSize(2 * 2 * 3);

      List<Published.Source> late = new ArrayList<>();
      for (int image = 0; image < 30; image += 3) {
        late.add(published.source("set/" + image, image));
      }
      published.views(late, "run", 3);
      published.withdraw("set/1");
      published.source("set/new", 99);
      try (RunManifest replay =
          RunManifest.createReplay(directory.resolve("replay"), Map.of(), manifest)) {
        assertThat(train(connection, "cache", replay)).isEqualTo(recorded);
        assertThat(train(connection, "fresh cache", replay)).isEqualTo(recorded);
      }
      try (RunManifest other = RunManifest.create(directory.resolve("other"), Map.of())) {
        assertThat(train(connection, "cache", other)).isNotEqualTo(recorded);
      }
    }
  }
}
