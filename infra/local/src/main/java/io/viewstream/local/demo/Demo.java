package io.viewstream.local.demo;

import io.viewstream.augment.GenerationResult;
import io.viewstream.augment.GenerationService;
import io.viewstream.augment.GenerationSettings;
import io.viewstream.embedded.LocalPlatform;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.TopicAdministrator;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Progress;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.local.demo.Stages.Summary;
import io.viewstream.local.inspect.InspectionResult;
import io.viewstream.local.inspect.TopicInspection;
import io.viewstream.local.report.DemoReport;
import io.viewstream.local.report.HtmlReport;
import io.viewstream.producer.ImageIngest;
import io.viewstream.producer.IngestResult;
import io.viewstream.producer.IngestSettings;
import io.viewstream.schemas.TopicNames;
import io.viewstream.trainer.train.StopRequest;
import io.viewstream.trainer.train.TrainingOutcome;
import io.viewstream.trainer.train.TrainingProgress;
import io.viewstream.trainer.train.TrainingRequest;
import io.viewstream.trainer.train.TrainingService;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Everything once, in one process: broker and registry, ingest, generation, training and the test
 * of the features, each by the class that the command of its own calls.
 */
public final class Demo {

  private static final int STAGES = 6;
  private static final int PARTITIONS = 4;
  private static final int SAMPLE_ROWS = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final DemoSettings settings;
  private final Path workDirectory;
  private final ShutdownSignal stop;
  private final PrintStream output;
  private final Stages stages;

  /**
   * One demo.
   *
   * @param workDirectory where everything is kept; must not hold another demo
   * @param stop ends it early
   * @param output where stages are announced, usually standard error
   */
  public Demo(DemoSettings settings, Path workDirectory, ShutdownSignal stop, PrintStream output) {
    this.settings = settings;
    this.workDirectory = workDirectory;
    this.stop = stop;
    this.output = output;
    this.stages = new Stages(STAGES, stop, output, System::nanoTime);
  }

  /**
   * Runs all stages and writes the page. Called once.
   *
   * @throws CommandException when a stage fails or the end was asked for
   */
  public DemoOutcome run() throws InterruptedException {
    long start = System.nanoTime();
    DemoImages images = DemoImages.find(settings);
    DemoTraining demoTraining = DemoTraining.of(settings);
    WorkFolder work = WorkFolder.create(workDirectory);
    output.println("Everything is kept in " + work.path());
    try (LocalPlatform platform = start(work)) {
      ConnectionSettings connection = connection(platform);
      IngestResult ingest = ingest(connection, images);
      GenerationResult generation = generate(connection);
      InspectionResult inspection = inspect(connection);
      TrainingOutcome training =
          train(demoTraining.request(connection, work, inspection.sourceImages()));
      FeatureTest test = test(work, images);
      DemoResults results =
          new DemoResults(
              settings, work, ingest, generation, inspection, training, test, stages.done());
      DemoReport page = results.page(ZonedDateTime.now(ZoneId.systemDefault()));
      work.writeReportPage(HtmlReport.write(page));
      return new DemoOutcome(
          HtmlReport.summary(page),
          work.reportPage(),
          results.report((System.nanoTime() - start) / 1e9, cpuSeconds()));
    }
  }

  private LocalPlatform start(WorkFolder work) throws InterruptedException {
    return stages.run(
        "Start",
        "a Kafka broker in this process and a schema registry beside it",
        () -> {
          LocalPlatform platform =
              LocalPlatform.start(new LocalPlatform.Settings(0, 0, work.platform()));
          try (TopicAdministrator topics = new TopicAdministrator(connection(platform))) {
            topics.create(PARTITIONS, 1);
            // Nobody would close the platform if the end were seen only behind this.
            stages.requireGoing();
          } catch (RuntimeException e) {
            try (platform) {
              throw e;
            }
          }
          return platform;
        },
        platform ->
            new Summary(
                0,
                "",
                0,
                "broker %s, registry %s"
                    .formatted(platform.bootstrapServers(), platform.registryUrl())));
  }

  private static ConnectionSettings connection(LocalPlatform platform) {
    return new ConnectionSettings(
        platform.bootstrapServers(), platform.registryUrl(), new TopicNames(""), Map.of());
  }

  private IngestResult ingest(ConnectionSettings connection, DemoImages images)
      throws InterruptedException {
    return stages.run(
        "Ingest",
        "images into the topic source-images",
        () ->
            new ImageIngest(
                    connection,
                    IngestSettings.of(settings.images()).withSource(images.options()),
                    stop,
                    Progress.Output.standardError(),
                    Clock.systemUTC())
                .run(),
        result ->
            new Summary(
                result.sourceImages(),
                "images",
                result.sourceImages() / Math.max(1e-9, result.elapsed().toNanos() / 1e9),
                "%d images, %d dead letters"
                    .formatted(result.sourceImages(), result.deadLetterCount())));
  }

  private GenerationResult generate(ConnectionSettings connection) throws InterruptedException {
    GenerationSettings generation =
        GenerationSettings.defaults(connection)
            .withGenerator(settings.generator())
            .with(settings.views(), settings.seed(), PARTITIONS);
    return stages.run(
        "Generate",
        settings.views() + " views of each image into the topic synthetic-views",
        () -> {
          GenerationService service = GenerationService.start(generation);
          try (service) {
            service.awaitCaughtUp(stop);
          }
          return service.result();
        },
        result ->
            new Summary(
                result.syntheticViews(),
                "views",
                result.viewsPerSecond(),
                "%d views, %d dead letters, run %s"
                    .formatted(result.syntheticViews(), result.deadLetters(), result.run())));
  }

  private InspectionResult inspect(ConnectionSettings connection) throws InterruptedException {
    InspectionResult inspection =
        stages.run(
            "Inspect",
            "count as a reader of committed records",
            () -> new TopicInspection(connection).inspect(SAMPLE_ROWS, List.of(), PATIENCE),
            result ->
                new Summary(
                    result.sourceImages() + result.syntheticViews(),
                    "records",
                    0,
                    "%d source images, %d views, %d dead letters, %d duplicates"
                        .formatted(
                            result.sourceImages(),
                            result.syntheticViews(),
                            result.deadLetterCount(),
                            result.duplicates())));
    if (!inspection.sound()) {
      throw CommandException.failed(
          "Some image lacks a view or has one twice; this is a fault of viewstream. "
              + inspection.summary());
    }
    return inspection;
  }

  private TrainingOutcome train(TrainingRequest request) throws InterruptedException {
    StopRequest stopTraining = new StopRequest();
    stop.onRequest(stopTraining::request);
    return stages.run(
        "Train",
        settings.method() + " on batches that mix real images and synthetic views",
        () -> {
          try (TrainingProgress progress = new TrainingProgress()) {
            return new TrainingService(request).run(stopTraining, progress);
          }
        },
        outcome ->
            new Summary(
                outcome.result().imagesTrained(),
                "images",
                outcome.result().imagesPerSecond(),
                String.format(
                    Locale.ROOT,
                    "%d steps, loss %.3f → %.3f, synthetic fraction %.3f of %.3f requested",
                    outcome.result().position().step(),
                    outcome.result().losses().getFirst(),
                    outcome.result().losses().getLast(),
                    outcome.syntheticFractionAchieved(),
                    outcome.syntheticFractionRequested())));
  }

  private FeatureTest test(WorkFolder work, DemoImages images) throws InterruptedException {
    return stages.run(
        "Evaluate",
        "a linear probe and nearest neighbours on the frozen features",
        () -> FeatureTest.of(work.training(), images),
        result ->
            new Summary(
                result.accuracy().map(value -> value.trainImages() + value.testImages()).orElse(0L),
                "images",
                0,
                result
                    .accuracy()
                    .map(
                        value ->
                            String.format(
                                Locale.ROOT,
                                "linear probe %.1f %%, nearest neighbours %.1f %%, chance %.1f %%",
                                100 * value.linearProbe(),
                                100 * value.nearestNeighbours(),
                                100 * value.chance()))
                    .orElse(result.note())));
  }

  private static double cpuSeconds() {
    return ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .map(duration -> duration.toNanos() / 1e9)
        .orElse(0.0);
  }
}
