package io.viewstream.augment;

import io.viewstream.generators.DeviceFailedException;
import io.viewstream.generators.Generator;
import io.viewstream.generators.GeneratorDescription;
import io.viewstream.generators.Generators;
import io.viewstream.generators.InvalidPackageException;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.JsonReport;
import io.viewstream.kafka.command.OutputOptions;
import io.viewstream.kafka.command.Progress;
import io.viewstream.kafka.command.ShutdownSignal;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code viewstream generate}: views of image files, without Kafka. */
@Command(
    name = "generate",
    description = {
      "Generates views of image files, without Kafka.",
      "They are the views that 'augment' makes of the same images, data set, generator and seed."
    })
public final class GenerateCommand implements Callable<Integer> {

  @Option(
      names = "--generator",
      paramLabel = "NAME_OR_PACKAGE",
      defaultValue = GenerationSettings.DEFAULT_GENERATOR,
      description =
          "Name of a generator in the box, or path of a model package (default: ${DEFAULT-VALUE}).")
  private String generator = GenerationSettings.DEFAULT_GENERATOR;

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      description =
          "What runs a model package: OnnxRuntime, PyTorch or TensorRT (default: OnnxRuntime).")
  private @Nullable String engine;

  @Option(
      names = "--describe",
      description = "Only show what the generator is, its licence included.")
  private boolean describe;

  @Option(
      names = "--images",
      paramLabel = "PATH|shapes",
      description = "A folder, a tar archive, or 'shapes': pictures drawn on the fly.")
  private @Nullable String images;

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      description =
          "First part of the image ids, which the seeds depend on (default: name of the folder or"
              + " archive).")
  private @Nullable String dataset;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Take so many files at most, spread evenly over the source (default: all).")
  private @Nullable Long limit;

  @Option(
      names = "--views",
      paramLabel = "K",
      defaultValue = "" + GenerationSettings.DEFAULT_VIEWS,
      description = "Views of each image (default: ${DEFAULT-VALUE}).")
  private int views = GenerationSettings.DEFAULT_VIEWS;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Another seed makes other views (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--view-encoding",
      paramLabel = "ENCODING",
      description = "png, jpeg-95 or by-size (default: by the size of the generator's views).")
  private @Nullable String viewEncoding;

  @Option(
      names = "--output-dir",
      paramLabel = "DIR",
      description = "Where the views go: those of cat/7.jpg as cat/7.jpg-view-0.png and so on.")
  private @Nullable Path outputDirectory;

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() throws InterruptedException {
    if (describe) {
      try (Generator opened = open()) {
        System.out.println(description(opened.description()));
        report(opened.description()).write(output.report());
      }
      return 0;
    }
    FileGeneration generation =
        new FileGeneration(
            settings(),
            ShutdownSignal.install(),
            Progress.Output.standardError(),
            GenerateCommand::halt);
    FileGenerationResult result = generation.run(open());
    System.out.println(result.summary());
    result.report().write(output.report());
    if (result.sourceImages() == 0) {
      throw CommandException.failed(
          "No file of %s got views: %d failed, and the warnings above say why"
              .formatted(images, result.failedImages()));
    }
    return 0;
  }

  private FileGenerationSettings settings() {
    if (images == null || outputDirectory == null) {
      throw CommandException.usage("--images and --output-dir must be given, or --describe");
    }
    try {
      SourceOptions options = SourceOptions.DEFAULT;
      return new FileGenerationSettings(
          images,
          limit == null ? options : options.withLimit(limit),
          Optional.ofNullable(dataset),
          views,
          seed,
          Optional.ofNullable(viewEncoding).map(ViewEncoding::ofLabel),
          outputDirectory);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()));
    }
  }

  private Generator open() {
    try {
      return Generators.open(generator, Optional.ofNullable(engine));
    } catch (InvalidPackageException e) {
      throw CommandException.failed(e.getMessage(), e);
    }
  }

  private static String description(GeneratorDescription description) {
    return """
        id             %s
        version        %s
        summary        %s
        licence        %s
        views          %s
        best batch     %d
        call deadline  %d ms"""
        .formatted(
            description.id(),
            description.version(),
            description.summary(),
            description.licence(),
            description.outputSize(),
            description.bestBatchSize(),
            description.callDeadline().toMillis());
  }

  private static JsonReport report(GeneratorDescription description) {
    return new JsonReport()
        .put("generator", description.id())
        .put("version", description.version())
        .put("summary", description.summary())
        .put("licence", description.licence())
        .put("outputSize", description.outputSize().toString())
        .put("bestBatchSize", description.bestBatchSize())
        .put("callDeadlineMillis", description.callDeadline().toMillis());
  }

  /** A native call that hangs cannot be ended otherwise. */
  private static void halt(DeviceFailedException overrun) {
    System.err.println("viewstream: " + overrun.getMessage());
    Runtime.getRuntime().halt(CommandException.FAILED);
  }
}
