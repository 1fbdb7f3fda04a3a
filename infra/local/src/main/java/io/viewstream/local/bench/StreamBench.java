package io.viewstream.local.bench;

import io.viewstream.augment.GenerationResult;
import io.viewstream.augment.GenerationService;
import io.viewstream.augment.GenerationSettings;
import io.viewstream.generators.Generator;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.ShutdownSignal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code viewstream bench stream}: {@code augment} on a topic of images, from Kafka to Kafka with
 * transactions, against the bare loop on the same images.
 */
@Command(
    name = "stream",
    description =
        "The generation stage from topic to topic, against a bare loop that decodes, generates and"
            + " encodes the same images.")
final class StreamBench implements Callable<Integer> {

  @Mixin private BenchOptions options = new BenchOptions();
  @Mixin private GeneratorOptions generator = new GeneratorOptions();

  @Override
  public Integer call() throws InterruptedException, InvalidImageException {
    List<ByteBuffer> images = options.load();
    try (BenchServers servers = BenchServers.start(options)) {
      ConnectionSettings connection = servers.createTopics("stream");
      double ingested = 0;
      // The bare loop says how many images are enough to take the time that was asked for.
      Measurement bound = bareLoop(images);
      double wanted = bound.perSecond() / generator.views() * options.seconds() / 2;
      for (int copy = 0; ingested < wanted; copy++) {
        ingested +=
            IngestBench.pass(connection, options, servers.folder(), "copy-" + copy).sourceImages();
      }
      generate(connection, 1);
      GenerationResult result = generate(connection, 2);
      Measurement measured =
          new Measurement(
              "generation stage",
              "views",
              result.syntheticViews(),
              0,
              result.seconds(),
              result.cpuSeconds());
      options.finish(
          new BenchResult(
              "stream",
              measured,
              List.of(bound),
              Map.of(
                  "sourceImages",
                  result.sourceImages(),
                  "deadLetters",
                  result.deadLetters(),
                  "generator",
                  generator.name(),
                  "localStartSeconds",
                  servers.startSeconds())));
    }
    return 0;
  }

  private Measurement bareLoop(List<ByteBuffer> images) throws InvalidImageException {
    try (Generator opened = generator.open()) {
      BareGeneration loop = new BareGeneration(opened, generator.views());
      loop.run(images, options.seconds() / 2, Long.MAX_VALUE);
      return loop.run(images, options.seconds(), Long.MAX_VALUE);
    }
  }

  /** Another seed is another run, which begins with the first record again. */
  private GenerationResult generate(ConnectionSettings connection, long seed)
      throws InterruptedException {
    GenerationService service =
        GenerationService.start(
            GenerationSettings.defaults(connection)
                .withGenerator(generator.name())
                .with(generator.views(), seed, GenerationSettings.DEFAULT_THREADS));
    try (service) {
      service.awaitCaughtUp(new ShutdownSignal());
    }
    return service.result();
  }
}
