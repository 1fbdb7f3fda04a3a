package io.viewstream.local.bench;

import io.viewstream.augment.GenerationResult;
import io.viewstream.augment.GenerationService;
import io.viewstream.augment.GenerationSettings;
import io.viewstream.generators.Generator;
import io.viewstream.generators.PhotometricGenerator;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.ShutdownSignal;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code viewstream bench stream}: {@code augment} on a topic of images, from Kafka to Kafka with
 * transactions, against the bare loop on the same images.
 *
 * <p>Both are measured at work: the loop before and after the stage, since a machine may change its
 * pace; the stage from when its threads have their partitions until the first of them run out of
 * images. What it takes to begin is told apart.
 */
@Command(
    name = "stream",
    description =
        "The generation stage from topic to topic, against a bare loop that decodes, generates and"
            + " encodes the same images.")
final class StreamBench implements Callable<Integer> {

  /** The part of the images after which all threads are at work. */
  private static final double BEGIN = 0.15;

  /** The part of the images by which no partition has run out of them. */
  private static final double END = 0.75;

  /** Views after which little is compiled any more. */
  private static final long WARM_UP_VIEWS = 24_000;

  @Mixin private BenchOptions options = new BenchOptions();
  @Mixin private GeneratorOptions generator = new GeneratorOptions();

  @Override
  public Integer call() throws InterruptedException, InvalidImageException {
    List<ByteBuffer> images = options.load();
    try (BenchServers servers = BenchServers.start(options)) {
      ConnectionSettings connection = servers.createTopics("stream");
      Measurement bound = bareLoop(images);
      // The bare loop says how many images are enough to take the time that was asked for.
      double wanted = bound.perSecond() / generator.views() * options.seconds() / (END - BEGIN);
      long ingested = 0;
      for (int copy = 0; ingested < wanted; copy++) {
        ingested +=
            IngestBench.pass(connection, options, servers.folder(), "copy-" + copy).sourceImages();
      }
      long end = Math.round(END * ingested);
      warmUp(connection, end);
      GenerationSettings settings = settings(connection, generator.name(), 0);
      Work work = work(settings, generator.open(), Math.round(BEGIN * ingested), end);
      bound = bound.plus(bareLoop(images));
      GenerationResult result = work.atWork();
      Measurement measured =
          new Measurement(
              "generation stage",
              "views",
              result.syntheticViews(),
              0,
              result.seconds(),
              result.cpuSeconds());
      Map<String, Object> details = new LinkedHashMap<>();
      details.put("generator", generator.name());
      details.put("batchFill", result.model().batchFill());
      details.put("meanCallMillis", result.model().meanCallMillis());
      details.put("sourceImages", result.sourceImages());
      details.put("deadLetters", result.deadLetters());
      details.put("firstViewsSeconds", work.firstViewsSeconds());
      details.put("localStartSeconds", servers.startSeconds());
      options.finish(new BenchResult("stream", measured, List.of(bound), details));
    }
    return 0;
  }

  private Measurement bareLoop(List<ByteBuffer> images)
      throws InvalidImageException, InterruptedException {
    try (Generator opened = generator.open()) {
      BareGeneration loop = new BareGeneration(opened, generator.views());
      loop.run(images, options.seconds() / 2, Long.MAX_VALUE);
      return loop.run(images, options.seconds() / 2, Long.MAX_VALUE);
    }
  }

  /**
   * What the stage did between two moments.
   *
   * @param firstViewsSeconds from its start, with the generator open, to its first image
   * @param atWork between the two
   */
  private record Work(double firstViewsSeconds, GenerationResult atWork) {}

  /**
   * Runs the stage until what it runs is compiled. The bare loop has done so for the model, so a
   * quick generator will do.
   */
  private void warmUp(ConnectionSettings connection, long images) throws InterruptedException {
    long views = 0;
    for (long seed = 0; views < WARM_UP_VIEWS; seed++) {
      // Another seed is another run, which begins with the first record again.
      work(
          settings(connection, PhotometricGenerator.ID, seed),
          new PhotometricGenerator(),
          0,
          images);
      views += images * generator.views();
    }
  }

  private GenerationSettings settings(
      ConnectionSettings connection, String generatorName, long seed) {
    return GenerationSettings.defaults(connection)
        .withGenerator(generatorName)
        .with(generator.views(), seed, GenerationSettings.DEFAULT_THREADS);
  }

  /** Runs the stage until it has done so many images, and measures from an earlier one on. */
  private static Work work(GenerationSettings settings, Generator opened, long begin, long end)
      throws InterruptedException {
    ShutdownSignal never = new ShutdownSignal();
    try (GenerationService service =
        GenerationService.start(settings, opened, GenerationService::halt)) {
      service.awaitSettled(1, never);
      double firstViewsSeconds = service.result().seconds();
      service.awaitSettled(begin, never);
      GenerationResult before = service.result();
      service.awaitSettled(end, never);
      return new Work(firstViewsSeconds, service.result().since(before));
    }
  }
}
