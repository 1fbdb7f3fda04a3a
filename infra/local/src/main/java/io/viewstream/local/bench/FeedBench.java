package io.viewstream.local.bench;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.NativeImage;
import io.viewstream.imaging.augment.AugmentationSet;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.trainer.feed.BatchFeed;
import io.viewstream.trainer.feed.EpochFeed;
import io.viewstream.trainer.feed.FeedSettings;
import io.viewstream.trainer.feed.FillProgress;
import io.viewstream.trainer.feed.MixedBatch;
import io.viewstream.trainer.feed.MixedBatchFeed;
import io.viewstream.trainer.feed.MixingRule;
import io.viewstream.trainer.feed.Rank;
import io.viewstream.trainer.feed.RunManifest;
import io.viewstream.trainer.feed.ViewPool;
import io.viewstream.trainer.feed.ViewPoolSettings;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code viewstream bench feed}: two augmented views of every image from the local pool into the
 * engine's buffers, against decoding alone and against PyTorch's DataLoader with torchvision on the
 * same files. On the way the pool's filling is measured against Kafka's own consumer test, and the
 * feed of {@code --mode continuous} against this one.
 */
@Command(
    name = "feed",
    description =
        "Two augmented views of each image from the local pool, against decoding alone and"
            + " PyTorch's DataLoader; filling the pool, against Kafka's own"
            + " kafka-consumer-perf-test; and the feed of --mode continuous, against this one.")
final class FeedBench implements Callable<Integer> {

  private static final long FILL_BYTES = 256L << 20;
  private static final int SMALL = 64;
  private static final int SMALL_BATCH = 128;
  private static final int LARGE_BATCH = 32;

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Decoding threads (default: one for each processor).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--peer",
      paramLabel = "FILE",
      description =
          "infra/benchmarks/peers/dataloader.py, to be run by a python3 that has torch and"
              + " torchvision (default: no peer).")
  private @Nullable Path peer;

  @Override
  public Integer call() throws Exception {
    double seconds = options.seconds();
    List<ByteBuffer> images = options.load();
    try (BenchServers servers = BenchServers.start(options)) {
      ConnectionSettings connection = servers.createTopics("feed");
      long bytes = 0;
      for (int copy = 0; bytes < FILL_BYTES; copy++) {
        bytes += IngestBench.pass(connection, options, servers.folder(), "copy-" + copy).bytes();
      }
      PoolFill.Comparison fill = new PoolFill(connection, servers.folder()).compare();
      List<Measurement> bounds = new ArrayList<>();
      Measurement measured = feed(connection, servers.folder(), seconds);
      ContinuousFeed continuous =
          new ContinuousFeed(servers.folder(), settings(options.resolution(), threads));
      Measurement drawn = continuous.run(connection, fill.filled().amount(), seconds);
      ConnectionSettings empty = servers.createTopics("first");
      double firstBatchSeconds =
          continuous.firstBatchSeconds(
              empty, time -> IngestBench.pass(empty, options, servers.folder(), "time-" + time));
      decode(images, seconds / 2);
      bounds.add(decode(images, seconds));
      if (peer != null) {
        bounds.addAll(new DataLoaderPeer(peer).run(images, options.resolution(), seconds));
      }
      Map<String, Object> details = new LinkedHashMap<>();
      details.put("resolution", options.resolution());
      details.put("poolFill", fill.filled().report().entries());
      details.put("bareConsumer", fill.consumed().report().entries());
      details.put("poolFillRatio", fill.ratio());
      details.put("continuousFeed", drawn.report().entries());
      details.put("continuousRatio", drawn.ratioTo(measured));
      details.put("firstBatchSeconds", firstBatchSeconds);
      details.put("localStartSeconds", servers.startSeconds());
      options.finish(new BenchResult("feed", measured, bounds, details));
    }
    return 0;
  }

  private Measurement feed(ConnectionSettings connection, Path folder, double seconds)
      throws InterruptedException {
    try (ViewPool pool =
            ViewPool.open(
                ViewPoolSettings.of(connection, folder.resolve("cache")), FillProgress.NONE);
        RunManifest manifest = RunManifest.create(folder.resolve("manifest.jsonl"), Map.of());
        BatchFeed feed =
            new MixedBatchFeed(
                pool, manifest, settings(options.resolution(), threads), Rank.SINGLE)) {
      int epoch = 0;
      Stopwatch watch = new Stopwatch();
      boolean warm = false;
      long images = 0;
      while (true) {
        try (EpochFeed batches = feed.openEpoch(epoch++, 0)) {
          for (MixedBatch next = batches.next(); next != null; next = batches.next()) {
            try (MixedBatch batch = next) {
              images += batch.batchSize();
            }
            if (!warm && watch.seconds() >= seconds) {
              warm = true;
              images = 0;
              watch = new Stopwatch();
            } else if (warm && watch.seconds() >= seconds) {
              return watch.measured("feed, two views", "images", images, 0);
            }
          }
        }
      }
    }
  }

  /** SimCLR's augmentation, or below 64 pixels that for small images; real images alone. */
  static FeedSettings settings(int resolution, int threads) {
    return FeedSettings.of(
            resolution < SMALL ? SMALL_BATCH : LARGE_BATCH,
            resolution,
            resolution < SMALL ? AugmentationSet.CIFAR : AugmentationSet.SYMMETRIC,
            MixingRule.REAL_ONLY,
            1)
        .withDecodingThreads(threads);
  }

  private Measurement decode(List<ByteBuffer> images, double seconds)
      throws InterruptedException, ExecutionException {
    Stopwatch watch = new Stopwatch();
    long decoded = 0;
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      List<Future<Long>> counts = new ArrayList<>();
      for (int worker = 0; worker < threads; worker++) {
        int first = worker;
        counts.add(workers.submit(() -> decode(images, first, seconds)));
      }
      for (Future<Long> count : counts) {
        decoded += count.get();
      }
    }
    return watch.measured("decoding alone, once per image", "images", decoded, 0);
  }

  private static long decode(List<ByteBuffer> images, int first, double seconds)
      throws InvalidImageException, InterruptedException {
    ImageDecoder decoder = new ImageDecoder();
    Stopwatch watch = new Stopwatch();
    long decoded = 0;
    try (NativeImage target = new NativeImage()) {
      for (int i = first; watch.seconds() < seconds; i++) {
        BenchStop.check();
        ByteBuffer content = images.get(i % images.size());
        decoder.decode(content, decoder.check(content), 1, target);
        decoded++;
      }
    }
    return decoded;
  }
}
