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
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.TrainingSettings;
import io.viewstream.trainer.train.checkpoint.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code viewstream bench train}: where the training loop's time goes, and the same steps without a
 * feed and by PyTorch. What the loop spends outside the engine is timed in the loop itself; that it
 * may be slower than its bound without that is the processor time that decoding takes.
 */
@Command(
    name = "train",
    description =
        "The training loop of the preset cifar with its feed: time by part, against the same steps on"
            + " a batch that is always there, and against PyTorch's.")
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

  @Option(
      names = "--method",
      paramLabel = "NAME",
      defaultValue = "simclr",
      description = "The method that is trained (default: ${DEFAULT-VALUE}).")
  private String method = "simclr";

  @Option(
      names = "--peer",
      paramLabel = "FILE",
      description =
          "infra/benchmarks/peers/train_step.py, to be run by a python3 that has torch (default: no"
              + " peer).")
  private @Nullable Path peer;

  @Override
  public Integer call() throws InterruptedException, IOException {
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
          BatchFeed feed = new MixedBatchFeed(pool, manifest, feedSettings, Rank.SINGLE)) {
        System.err.println("Training…");
        TrainingRounds rounds = new TrainingRounds(settings);
        // With the feed: its first epoch fills the pool, which is no part of the loop.
        rounds.loop(engine, feed, new CheckpointFolder(folder.resolve("warm-up")), seconds / 2);
        // Bound, loop, bound: what drifts in between falls on both.
        Measurement before = rounds.steps(engine, seconds / 2).measured("the same steps, no feed");
        TrainingRounds.Round round =
            rounds.loop(engine, feed, new CheckpointFolder(folder.resolve("checkpoints")), seconds);
        Measurement measured = round.measured("training loop");
        Measurement after = rounds.steps(engine, seconds / 2).measured("the same steps, no feed");
        Measurement bound = before.plus(after);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("secondsOfParts", round.result().times().toReport());
        details.put("steps", round.result().position().step());
        details.put("method", method);
        details.put("backbone", settings.values().text(SettingKey.BACKBONE));
        details.put("width", width);
        details.put("batchSize", batchSize);
        details.put("engine", engine.description());
        details.put("engineThreads", engine.threads());
        if (peer != null) {
          compare(settings, peer, details);
        }
        options.finish(new BenchResult("train", measured, List.of(bound), details));
      }
    }
    return 0;
  }

  private TrainingSettings settings() {
    SettingValues values =
        Preset.CIFAR
            .values(MethodName.named(method))
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

  private void compare(TrainingSettings settings, Path script, Map<String, Object> details)
      throws IOException, InterruptedException {
    Optional<StepPeer> started = StepPeer.start(script, settings);
    if (started.isEmpty()) {
      return;
    }
    try (StepPeer pytorch = started.get()) {
      List<Map<String, Object>> reports = new ArrayList<>();
      for (StepComparison comparison : StepComparison.run(settings, pytorch, options.seconds())) {
        reports.add(comparison.report());
      }
      details.put("peerSteps", reports);
      details.put("peerVersion", pytorch.version());
    }
  }
}
