package io.viewstream.local.bench;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.trainer.feed.BatchFeed;
import io.viewstream.trainer.feed.FeedSettings;
import io.viewstream.trainer.feed.FillProgress;
import io.viewstream.trainer.feed.MixedBatchFeed;
import io.viewstream.trainer.feed.Rank;
import io.viewstream.trainer.feed.RunManifest;
import io.viewstream.trainer.feed.ViewPool;
import io.viewstream.trainer.feed.ViewPoolSettings;
import io.viewstream.trainer.train.MethodName;
import io.viewstream.trainer.train.Preset;
import io.viewstream.trainer.train.SettingKey;
import io.viewstream.trainer.train.SettingValues;
import io.viewstream.trainer.train.Trainer;
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.TrainingListener;
import io.viewstream.trainer.train.TrainingLoop;
import io.viewstream.trainer.train.TrainingResult;
import io.viewstream.trainer.train.TrainingSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code viewstream bench train}: the training loop with its feed, against the same steps on one
 * batch that is always there. What is between the two is the time outside the engine: waiting for
 * batches, and the processor time that decoding takes from the engine.
 */
@Command(
    name = "train",
    description =
        "SimCLR of the preset cifar with its feed, against the same steps on a batch that is always"
            + " there.")
final class TrainBench implements Callable<Integer> {

  private static final int ENDLESS = 1_000_000;

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "128",
      description = "Images in a batch (default: ${DEFAULT-VALUE}).")
  private int batchSize = 128;

  @Option(
      names = "--width",
      paramLabel = "N",
      defaultValue = "64",
      description = "Width of the ResNet-18 (default: ${DEFAULT-VALUE}, the real one).")
  private int width = 64;

  @Override
  public Integer call() throws InterruptedException {
    double seconds = options.seconds();
    TrainingSettings settings = settings();
    try (BenchServers servers = BenchServers.start(options)) {
      ConnectionSettings connection = servers.createTopics("train");
      long ingested = 0;
      for (int copy = 0; ingested < 2L * batchSize; copy++) {
        ingested +=
            IngestBench.pass(connection, options, servers.folder(), "copy-" + copy).sourceImages();
      }
      Path folder = servers.folder();
      FeedSettings feedSettings = feedSettings(settings);
      try (ViewPool pool =
              ViewPool.open(
                  ViewPoolSettings.of(connection, folder.resolve("cache")), FillProgress.NONE);
          RunManifest manifest = RunManifest.create(folder.resolve("manifest.jsonl"), Map.of());
          TrainingEngine engine = TrainingEngine.start("cpu", 0);
          BatchFeed feed = new MixedBatchFeed(pool, manifest, feedSettings, Rank.SINGLE);
          BatchFeed still = new StillFeed(feed.shape())) {
        // With the feed: its first epoch fills the pool, which is no part of the loop.
        run("warm-up", settings, engine, feed, seconds / 2);
        // Bound, loop, bound: what drifts in between falls on both.
        Measurement before = run("the same step, no feed", settings, engine, still, seconds / 2);
        Measurement measured = run("training loop", settings, engine, feed, seconds);
        Measurement after = run("the same step, no feed", settings, engine, still, seconds / 2);
        Measurement bound =
            new Measurement(
                "the same steps, no feed",
                "images",
                before.amount() + after.amount(),
                0,
                before.seconds() + after.seconds(),
                before.cpuSeconds() + after.cpuSeconds());
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("outsideEngineFraction", 1 - measured.ratioTo(bound));
        details.put("backbone", settings.values().text(SettingKey.BACKBONE));
        details.put("width", width);
        details.put("batchSize", batchSize);
        details.put("engineThreads", engine.threads());
        options.finish(new BenchResult("train", measured, List.of(bound), details));
      }
    }
    return 0;
  }

  private TrainingSettings settings() {
    SettingValues values =
        Preset.CIFAR
            .values(MethodName.SIMCLR)
            .with(SettingKey.BATCH_SIZE, batchSize, "--batch-size")
            .with(SettingKey.WIDTH, width, "--width")
            .with(SettingKey.RESOLUTION, options.resolution(), "--resolution")
            .with(SettingKey.EPOCHS, ENDLESS, "the benchmark");
    return TrainingSettings.of(values);
  }

  private FeedSettings feedSettings(TrainingSettings settings) {
    FeedSettings feed =
        FeedBench.settings(settings.resolution(), Runtime.getRuntime().availableProcessors());
    return FeedSettings.of(
        batchSize, settings.resolution(), feed.augmentation(), feed.mixing(), feed.seed());
  }

  private static Measurement run(
      String name, TrainingSettings settings, TrainingEngine engine, BatchFeed feed, double seconds)
      throws InterruptedException {
    try (Trainer trainer = new Trainer(engine, settings)) {
      TrainingLoop loop =
          new TrainingLoop(
              settings, trainer, null, Duration.ofDays(1), engine.threads(), System::nanoTime);
      Stopwatch watch = new Stopwatch();
      TrainingResult result =
          loop.run(feed, () -> watch.seconds() >= seconds, TrainingListener.NONE);
      return new Measurement(
          name,
          "images",
          result.imagesTrained(),
          0,
          result.duration().toNanos() / 1e9,
          watch.cpuSeconds());
    }
  }
}
