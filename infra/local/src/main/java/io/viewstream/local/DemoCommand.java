package io.viewstream.local;

import io.viewstream.augment.GenerationSettings;
import io.viewstream.kafka.command.OutputOptions;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.local.demo.Demo;
import io.viewstream.local.demo.DemoOutcome;
import io.viewstream.local.demo.DemoSettings;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code viewstream demo}: the whole data plane in one process, and a report. */
@Command(
    name = "demo",
    description = {
      "Runs everything once on this machine, and writes a report with pictures.",
      "Starts a broker and a registry, ingests images, generates views, trains on both and tests the"
          + " features."
    })
public final class DemoCommand implements Callable<Integer> {

  @Option(
      names = "--images",
      paramLabel = "PATH|shapes",
      defaultValue = "shapes",
      description =
          "A folder with class sub-folders, a tar archive, or 'shapes': labelled pictures drawn on"
              + " the fly (default: ${DEFAULT-VALUE}). Where it has sub-folders train and test,"
              + " features are tested on test.")
  private String images = "shapes";

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "" + DemoSettings.DEFAULT_LIMIT,
      description = "Ingest so many images at most (default: ${DEFAULT-VALUE}).")
  private long limit = DemoSettings.DEFAULT_LIMIT;

  @Option(
      names = "--views",
      paramLabel = "K",
      defaultValue = "" + GenerationSettings.DEFAULT_VIEWS,
      description = "Views of each image (default: ${DEFAULT-VALUE}).")
  private int views = GenerationSettings.DEFAULT_VIEWS;

  @Option(
      names = "--generator",
      paramLabel = "NAME_OR_PACKAGE",
      defaultValue = DemoSettings.DEFAULT_GENERATOR,
      description =
          "Name of a generator in the box, or path of a model package (default: ${DEFAULT-VALUE}).")
  private String generator = DemoSettings.DEFAULT_GENERATOR;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      defaultValue = "simclr",
      description = "Method of self-supervised learning (default: ${DEFAULT-VALUE}).")
  private String method = "simclr";

  @Option(
      names = "--generative-probability",
      paramLabel = "P",
      defaultValue = "" + DemoSettings.DEFAULT_GENERATIVE_PROBABILITY,
      description =
          "Probability that the second of an image's two views is synthetic (default:"
              + " ${DEFAULT-VALUE}).")
  private double generativeProbability = DemoSettings.DEFAULT_GENERATIVE_PROBABILITY;

  @Option(
      names = "--epochs",
      paramLabel = "E",
      defaultValue = "" + DemoSettings.DEFAULT_EPOCHS,
      description = "Passes over the images (default: ${DEFAULT-VALUE}).")
  private int epochs = DemoSettings.DEFAULT_EPOCHS;

  @Option(
      names = "--work-dir",
      paramLabel = "DIR",
      description =
          "Where topics, checkpoints and the report are kept (default: viewstream-work/<date and"
              + " time>).")
  private @Nullable Path workDirectory;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of everything that is drawn (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() throws InterruptedException {
    DemoSettings settings =
        new DemoSettings(
            images, limit, views, generator, method, generativeProbability, epochs, seed);
    Path directory =
        workDirectory != null
            ? workDirectory
            : Path.of(
                "viewstream-work",
                DateTimeFormatter.ofPattern("uuuu-MM-dd-HHmmss")
                    .format(LocalDateTime.now(ZoneId.systemDefault())));
    ShutdownSignal stop = ShutdownSignal.install();
    DemoOutcome outcome = new Demo(settings, directory, stop, System.err).run();
    outcome.report().write(output.report());
    System.err.println();
    System.out.println(outcome.summary());
    System.out.println("Report: " + outcome.page().toUri());
    return 0;
  }
}
