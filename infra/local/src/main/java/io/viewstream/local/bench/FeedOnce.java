package io.viewstream.local.bench;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommonOptions;
import io.viewstream.kafka.command.JsonReport;
import io.viewstream.trainer.feed.BatchFeed;
import io.viewstream.trainer.feed.EpochFeed;
import io.viewstream.trainer.feed.FeedSettings;
import io.viewstream.trainer.feed.FillProgress;
import io.viewstream.trainer.feed.MixedBatch;
import io.viewstream.trainer.feed.MixedBatchFeed;
import io.viewstream.trainer.feed.Rank;
import io.viewstream.trainer.feed.RunManifest;
import io.viewstream.trainer.feed.ViewPool;
import io.viewstream.trainer.feed.ViewPoolSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Fills a pool and takes one epoch of batches from it, or goes through the topic by windows: {@code
 * train} without an engine, for {@link GrowthBench} to run in a process of its own.
 */
@Command(name = FeedOnce.NAME, hidden = true, description = "One epoch of the feed, timed.")
final class FeedOnce implements Callable<Integer> {
  static final String NAME = "feed-once";
  static final String FILL_SECONDS = "fillSeconds";
  static final String EPOCH_SECONDS = "epochSeconds";
  static final String WINDOWS = "--windows-of";
  static final String WINDOWS_SECONDS = "windowsSeconds";

  private static final int RESOLUTION = 32;

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(names = "--cache-dir", required = true, description = "Folder of the pool.")
  private Path cache = Path.of("cache");

  @Option(
      names = WINDOWS,
      paramLabel = "IMAGES",
      description = "So many images of the topic by windows, each in four (default: one epoch).")
  private @Nullable Long windowedImages;

  @Override
  public Integer call() throws Exception {
    ConnectionSettings connection = common.connection();
    FeedSettings settings =
        FeedBench.settings(RESOLUTION, Runtime.getRuntime().availableProcessors());
    JsonReport report =
        windowedImages == null
            ? epoch(connection, settings)
            : new JsonReport()
                .put(
                    WINDOWS_SECONDS,
                    new ContinuousFeed(cache, settings).secondsOfAll(connection, windowedImages));
    report.write(common.report());
    return 0;
  }

  private JsonReport epoch(ConnectionSettings connection, FeedSettings settings) throws Exception {
    Stopwatch watch = new Stopwatch();
    try (ViewPool pool = ViewPool.open(ViewPoolSettings.of(connection, cache), FillProgress.NONE)) {
      int images = pool.snapshotAt(pool.freezeHorizon()).size();
      double fillSeconds = watch.seconds();
      watch = new Stopwatch();
      try (RunManifest manifest =
              RunManifest.create(cache.resolveSibling(cache.getFileName() + ".jsonl"), Map.of());
          BatchFeed feed = new MixedBatchFeed(pool, manifest, settings, Rank.SINGLE);
          EpochFeed batches = feed.openEpoch(0, 0)) {
        for (MixedBatch next = batches.next(); next != null; next = batches.next()) {
          next.close();
        }
      }
      return new JsonReport()
          .put("sourceImages", images)
          .put(FILL_SECONDS, fillSeconds)
          .put(EPOCH_SECONDS, watch.seconds());
    }
  }
}
