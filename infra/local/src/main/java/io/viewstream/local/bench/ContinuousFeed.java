package io.viewstream.local.bench;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.trainer.feed.EpochFeed;
import io.viewstream.trainer.feed.FeedSettings;
import io.viewstream.trainer.feed.MixedBatch;
import io.viewstream.trainer.feed.MixedBatchFeed;
import io.viewstream.trainer.feed.Rank;
import io.viewstream.trainer.feed.RunManifest;
import io.viewstream.trainer.feed.ViewPoolSettings;
import io.viewstream.trainer.feed.WindowPool;
import io.viewstream.trainer.feed.WindowSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The feed of {@code --mode continuous}: reads while it hands out batches, window after window,
 * each image in four windows as the trainer has it.
 */
final class ContinuousFeed {

  private static final int USUAL_WINDOW_IMAGES = 1024;
  private static final int SMALL_WINDOW_IMAGES = 256;
  private static final int PASSES = 4;
  // Of a short topic there are to be some windows with images of all passes.
  private static final int LEAST_WINDOWS = 6;

  private final Path folder;
  private final FeedSettings settings;

  ContinuousFeed(Path folder, FeedSettings settings) {
    this.folder = folder;
    this.settings = settings;
  }

  /** Something that publishes at least one image. */
  interface Publisher {
    void publish(int time);
  }

  /**
   * Runs over a topic from its beginning, until the time is up or the topic is.
   *
   * @param images in the topic
   * @param seconds to measure at most, after half of them or a third of the topic as a warm-up
   */
  Measurement run(ConnectionSettings connection, long images, double seconds)
      throws InterruptedException {
    int step = settings.batchSize();
    int windowImages =
        (int) Math.max(step, Math.min(USUAL_WINDOW_IMAGES, images / LEAST_WINDOWS) / step * step);
    long windows = images / windowImages;
    try (WindowPool pool = open(connection, windowImages);
        RunManifest manifest = RunManifest.create(folder.resolve("continuous.jsonl"), Map.of());
        MixedBatchFeed feed = new MixedBatchFeed(pool, manifest, settings, Rank.SINGLE)) {
      Stopwatch watch = new Stopwatch();
      boolean warm = false;
      long drawn = 0;
      for (int window = 0; window < windows && !(warm && watch.seconds() >= seconds); window++) {
        if (!warm && (watch.seconds() >= seconds / 2 || window >= windows / 3)) {
          warm = true;
          drawn = 0;
          watch = new Stopwatch();
        }
        drawn += draw(feed, window);
      }
      return watch.measured("continuous feed, two views", "images", drawn, 0);
    }
  }

  /**
   * Runs once over a topic, with windows whose size does not depend on it.
   *
   * @param images in the topic
   * @return how long it took, with the opening of the pool, in seconds
   */
  double secondsOfAll(ConnectionSettings connection, long images) throws InterruptedException {
    Stopwatch watch = new Stopwatch();
    try (WindowPool pool = open(connection, SMALL_WINDOW_IMAGES);
        RunManifest manifest = RunManifest.create(folder.resolve("all.jsonl"), Map.of());
        MixedBatchFeed feed = new MixedBatchFeed(pool, manifest, settings, Rank.SINGLE)) {
      for (int window = 0; window < images / SMALL_WINDOW_IMAGES; window++) {
        draw(feed, window);
      }
      return watch.seconds();
    }
  }

  private static long draw(MixedBatchFeed feed, int window) throws InterruptedException {
    long drawn = 0;
    try (EpochFeed batches = feed.openEpoch(window, 0)) {
      for (MixedBatch next = batches.next(); next != null; next = batches.next()) {
        try (MixedBatch batch = next) {
          drawn += batch.batchSize();
        }
      }
    }
    return drawn;
  }

  /**
   * How long after images begin to be published into empty topics the first batch is there, in
   * seconds. It contains the start of the producer.
   */
  double firstBatchSeconds(ConnectionSettings connection, Publisher publisher)
      throws InterruptedException, ExecutionException {
    int step = settings.batchSize();
    int windowImages = Math.max(1, USUAL_WINDOW_IMAGES / step) * step;
    try (WindowPool pool = open(connection, windowImages);
        RunManifest manifest = RunManifest.create(folder.resolve("first.jsonl"), Map.of());
        MixedBatchFeed feed = new MixedBatchFeed(pool, manifest, settings, Rank.SINGLE);
        ExecutorService trainer = Executors.newSingleThreadExecutor()) {
      Future<Long> first = trainer.submit(() -> firstBatchNanos(feed));
      long start = System.nanoTime();
      for (int time = 0; time == 0 || !first.isDone(); time++) {
        publisher.publish(time);
      }
      return (first.get() - start) / 1e9;
    }
  }

  private static long firstBatchNanos(MixedBatchFeed feed) throws InterruptedException {
    try (EpochFeed batches = feed.openEpoch(0, 0);
        MixedBatch batch = batches.next()) {
      return System.nanoTime();
    }
  }

  private WindowPool open(ConnectionSettings connection, int windowImages) {
    return WindowPool.open(
        ViewPoolSettings.of(connection, folder.resolve("cache-" + connection.topics().prefix())),
        new WindowSettings(
            settings.batchSize(),
            windowImages,
            PASSES * windowImages,
            WindowSettings.DEFAULT_TIMEOUT),
        WindowPool.Start.BEGINNING,
        stalled -> {});
  }
}
