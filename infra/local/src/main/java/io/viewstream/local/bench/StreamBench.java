package io.viewstream.local.bench;

import io.viewstream.augment.GenerationResult;
import io.viewstream.augment.GenerationService;
import io.viewstream.augment.GenerationSettings;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
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
 * pace; the stage from when the JIT compiler rests, as it does in a service that runs for hours,
 * until the first of its partitions run out of images. What it takes to begin is told apart.
 */
@Command(
    name = "stream",
    description =
        "The generation stage from topic to topic, against a bare loop that decodes, generates and"
            + " encodes the same images.")
final class StreamBench implements Callable<Integer> {

  /** The part of the images by which no partition has run out of them. */
  private static final double END = 0.75;

  @Mixin private BenchOptions options = new BenchOptions();
  @Mixin private GeneratorOptions generator = new GeneratorOptions();

  @Override
  public Integer call() throws InterruptedException, InvalidImageException {
    List<ByteBuffer> images = options.load();
    try (BenchServers servers = BenchServers.start(options)) {
      ConnectionSettings connection = servers.createTopics("stream");
      Measurement bound = bareLoop(images);
      // The bare loop says how many images are enough for the warm-up and the time asked for.
      double imagesPerSecond = bound.perSecond() / generator.views();
      double quickest = imagesPerSecond * generator.calls();
      double wanted =
          (quickest * CompilerRest.LONGEST.toSeconds() + imagesPerSecond * options.seconds()) / END;
      long ingested = 0;
      for (int copy = 0; ingested < wanted; copy++) {
        ingested +=
            IngestBench.pass(connection, options, servers.folder(), "copy-" + copy).sourceImages();
      }
      Work work = work(connection, imagesPerSecond, Math.round(END * ingested));
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
      details.put("warmUpSeconds", work.warmUpSeconds());
      details.put("compilerShare", work.compilerShare());
      details.put("localStartSeconds", servers.startSeconds());
      options.finish(new BenchResult("stream", measured, List.of(bound), details));
    }
    return 0;
  }

  private Measurement bareLoop(List<ByteBuffer> images)
      throws InvalidImageException, InterruptedException {
    try (RepeatedGenerator opened = generator.open()) {
      BareGeneration loop = new BareGeneration(opened, generator.views());
      loop.run(images, options.seconds() / 2, Long.MAX_VALUE);
      opened.warmedUp();
      return loop.run(images, options.seconds() / 2, Long.MAX_VALUE);
    }
  }

  /**
   * What the stage did between two moments.
   *
   * @param firstViewsSeconds from its start, with the generator open, to its first image
   * @param warmUpSeconds from its first image until the compiler rested
   * @param compilerShare of one processor, while it was measured
   * @param atWork between the two
   */
  private record Work(
      double firstViewsSeconds,
      double warmUpSeconds,
      double compilerShare,
      GenerationResult atWork) {}

  /** Runs the stage and measures it, at most until it has done so many images. */
  private Work work(ConnectionSettings connection, double imagesPerSecond, long end)
      throws InterruptedException {
    GenerationSettings settings =
        GenerationSettings.defaults(connection)
            .withGenerator(generator.name())
            .with(generator.views(), 0, GenerationSettings.DEFAULT_THREADS);
    ShutdownSignal never = new ShutdownSignal();
    RepeatedGenerator opened = generator.open();
    try (GenerationService service =
        GenerationService.start(settings, opened, GenerationService::halt)) {
      service.awaitSettled(1, never);
      double firstViewsSeconds = service.result().seconds();
      CompilerRest.await();
      opened.warmedUp();
      CompilerRest compiler = CompilerRest.begin();
      GenerationResult before = service.result();
      if (before.sourceImages() >= end) {
        throw CommandException.failed(
            "The images were used up before the compiler rested; is the machine busy? Try again");
      }
      long images = Math.round(imagesPerSecond * options.seconds());
      service.awaitSettled(Math.min(before.sourceImages() + images, end), never);
      return new Work(
          firstViewsSeconds,
          before.seconds() - firstViewsSeconds,
          compiler.share(),
          service.result().since(before));
    }
  }
}
