package io.viewstream.local.bench;

import io.viewstream.augment.GenerationResult;
import io.viewstream.augment.GenerationService;
import io.viewstream.augment.GenerationSettings;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.ShutdownSignal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code viewstream bench stream}: {@code augment} on a topic of images, from Kafka to Kafka with
 * transactions, against the bare loop on the same images.
 *
 * <p>Both are measured at work and in turns, since a machine changes its pace within seconds: while
 * the loop runs, the stage waits for its generator. They begin when the JIT compiler rests, as it
 * does in a service that runs for hours. What the stage takes to begin is told apart.
 */
@Command(
    name = "stream",
    description =
        "The generation stage from topic to topic, against a bare loop that decodes, generates and"
            + " encodes the same images, in turns.")
final class StreamBench implements Callable<Integer> {

  /** The part of the images by which no partition has run out of them. */
  private static final double END = 0.75;

  /** Short enough for a machine to keep its pace, long enough for transactions to end twice. */
  private static final double TURN_SECONDS = 2;

  private static final int LEAST_TURNS = 3;

  /** Until the stage has sent what it had, and until its transactions end at their times again. */
  private static final Duration CHANGE = Duration.ofMillis(1500);

  @Mixin private BenchOptions options = new BenchOptions();
  @Mixin private GeneratorOptions generator = new GeneratorOptions();

  @Override
  public Integer call() throws InterruptedException, InvalidImageException {
    List<ByteBuffer> images = options.load();
    try (BenchServers servers = BenchServers.start(options);
        RepeatedGenerator opened = generator.open()) {
      ConnectionSettings connection = servers.createTopics("stream");
      BareGeneration loop = new BareGeneration(opened, generator.views());
      loop.run(images, options.seconds() / 2, Long.MAX_VALUE);
      double quickest = loop.run(images, options.seconds() / 2, Long.MAX_VALUE).perSecond();
      opened.warmedUp();
      long ingested = ingest(servers, connection, quickest / generator.views());
      Turns turns = inTurns(connection, loop, images, Math.round(END * ingested));
      GenerationResult result = turns.stage();
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
      details.put("firstViewsSeconds", turns.firstViewsSeconds());
      details.put("warmUpSeconds", turns.warmUpSeconds());
      details.put("compilerShare", turns.compilerShare());
      details.put("localStartSeconds", servers.startSeconds());
      options.finish(new BenchResult("stream", measured, List.of(turns.loop()), details));
    }
    return 0;
  }

  /**
   * Publishes images for the warm-up and all turns.
   *
   * @param imagesPerSecond of the loop with single calls
   * @return how many
   */
  private long ingest(BenchServers servers, ConnectionSettings connection, double imagesPerSecond)
      throws InterruptedException {
    double turnSeconds =
        (options.seconds() + turns() * CHANGE.toMillis() / 1000.0) / generator.calls();
    double wanted = imagesPerSecond * (CompilerRest.LONGEST.toSeconds() + turnSeconds) / END;
    long ingested = 0;
    for (int copy = 0; ingested < wanted; copy++) {
      ingested +=
          IngestBench.pass(connection, options, servers.folder(), "copy-" + copy).sourceImages();
    }
    return ingested;
  }

  /**
   * What stage and loop did, all turns of each together.
   *
   * @param firstViewsSeconds from the stage's start, with the generator open, to its first image
   * @param warmUpSeconds from its first image until the compiler rested
   * @param compilerShare of one processor, while they were measured
   */
  private record Turns(
      double firstViewsSeconds,
      double warmUpSeconds,
      double compilerShare,
      GenerationResult stage,
      Measurement loop) {}

  /** Runs the stage until it is warm, then stage and loop, with at most so many images. */
  private Turns inTurns(
      ConnectionSettings connection, BareGeneration loop, List<ByteBuffer> images, long end)
      throws InterruptedException, InvalidImageException {
    // Transactions may be open for long: each turn of the loop is in one, and no one reads them.
    GenerationSettings settings =
        new GenerationSettings(
            connection,
            generator.name(),
            Optional.empty(),
            generator.views(),
            Optional.empty(),
            0,
            GenerationSettings.DEFAULT_THREADS,
            Optional.empty(),
            true,
            false,
            true);
    ShutdownSignal never = new ShutdownSignal();
    Duration turnTime = Duration.ofNanos(Math.round(1e9 * options.seconds() / turns()));
    RepeatedGenerator opened = generator.open();
    // The loop ends with the call that is under way, or with one more for what is left.
    Duration overrun = opened.description().callDeadline().multipliedBy(2);
    TurnTakingGenerator held = new TurnTakingGenerator(opened, CHANGE.plus(turnTime).plus(overrun));
    try (GenerationService service =
        GenerationService.start(settings, held, GenerationService::halt)) {
      service.awaitSettled(1, never);
      double firstViewsSeconds = service.result().seconds();
      CompilerRest.await();
      opened.warmedUp();
      double warmUpSeconds = service.result().seconds() - firstViewsSeconds;
      CompilerRest compiler = CompilerRest.begin();
      List<GenerationResult> stageTurns = new ArrayList<>();
      List<Measurement> loopTurns = new ArrayList<>();
      for (int turn = 0; turn < turns(); turn++) {
        requireImages(service, end);
        service.awaitSettled(service.result().sourceImages() + 1, never);
        Thread.sleep(CHANGE);
        GenerationResult before = service.result();
        Thread.sleep(turnTime);
        stageTurns.add(service.result().since(before));
        held.hold();
        try {
          Thread.sleep(CHANGE);
          loopTurns.add(loop.run(images, turnTime.toNanos() / 1e9, Long.MAX_VALUE));
        } finally {
          held.letGo();
        }
      }
      requireImages(service, end);
      return new Turns(
          firstViewsSeconds,
          warmUpSeconds,
          compiler.share(),
          stageTurns.stream().reduce(GenerationResult::plus).orElseThrow(),
          loopTurns.stream().reduce(Measurement::plus).orElseThrow());
    }
  }

  private static void requireImages(GenerationService service, long end) {
    if (service.result().sourceImages() >= end) {
      throw CommandException.failed(
          "The images were used up before the end; is the machine busy? Try again");
    }
  }

  private int turns() {
    return (int) Math.max(LEAST_TURNS, Math.round(options.seconds() / TURN_SECONDS));
  }
}
