package io.viewstream.augment;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.CommonOptions;
import io.viewstream.kafka.command.ShutdownSignal;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code viewstream augment}: fills {@link GenerationSettings} and runs {@link GenerationService}.
 */
@Command(
    name = "augment",
    description = {
      "Generates views of the images in source-images.",
      "Runs until Ctrl-C, which is its ordinary end (exit code 0). Several instances of one run share"
          + " its work."
    })
public final class AugmentCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

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
          "What runs a model package: OnnxRuntime, PyTorch or TensorRT (default: the package's own"
              + " choice).")
  private @Nullable String engine;

  @Option(
      names = "--views",
      paramLabel = "K",
      defaultValue = "" + GenerationSettings.DEFAULT_VIEWS,
      description = "Views of each image (default: ${DEFAULT-VALUE}).")
  private int views = GenerationSettings.DEFAULT_VIEWS;

  @Option(
      names = "--run",
      paramLabel = "NAME",
      description =
          "Name of the run (default: made of generator, version, views, seed and encoding). A run"
              + " that was there before goes on where it stopped.")
  private @Nullable String run;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Another seed makes other views, as another run (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "" + GenerationSettings.DEFAULT_THREADS,
      description =
          "Stream threads; they share one model and batch their images (default: ${DEFAULT-VALUE},"
              + " at most one for each partition).")
  private int threads = GenerationSettings.DEFAULT_THREADS;

  @Option(
      names = "--view-encoding",
      paramLabel = "ENCODING",
      description =
          "png, jpeg-95, or by-size: png up to 64 pixels a side and jpeg-95 above (default: by the"
              + " size of the generator's views).")
  private @Nullable String viewEncoding;

  @Option(
      names = "--from-beginning",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Whether a new run begins with the oldest image, as it does by default, or with"
              + " --no-from-beginning only with images that arrive from now on.")
  private boolean fromBeginning = true;

  @Option(
      names = "--until-caught-up",
      description =
          "Stop when the images that are there at the start have been done. Ctrl-C before that ends"
              + " with exit code 130; the same command goes on where it stopped.")
  private boolean untilCaughtUp;

  @Option(
      names = "--allow-retention",
      description = "Accept topics that lose records by age or size.")
  private boolean allowRetention;

  @Option(
      names = "--allow-long-transactions",
      description =
          "Accept that after a crash readers may have to wait for more than a minute: few threads,"
              + " many partitions, a slow generator.")
  private boolean allowLongTransactions;

  @Override
  public Integer call() throws InterruptedException {
    ShutdownSignal stop = ShutdownSignal.install();
    GenerationService service = GenerationService.start(settings());
    boolean done = true;
    try (service) {
      if (untilCaughtUp) {
        done = service.awaitCaughtUp(stop);
      } else {
        service.awaitStop(stop);
      }
    }
    GenerationResult result = service.result();
    System.out.println(summary(result));
    result.report().put("interrupted", !done).write(common.report());
    if (!done) {
      System.out.flush();
      throw CommandException.interrupted(
          "Interrupted before run %s had caught up; the same command goes on where it stopped"
              .formatted(result.run()));
    }
    return 0;
  }

  GenerationSettings settings() {
    return new GenerationSettings(
        common.connection(),
        generator,
        Optional.ofNullable(engine),
        views,
        Optional.ofNullable(run),
        seed,
        threads,
        Optional.ofNullable(viewEncoding).map(AugmentCommand::encoding),
        fromBeginning,
        allowRetention,
        allowLongTransactions);
  }

  private static ViewEncoding encoding(String label) {
    try {
      return ViewEncoding.ofLabel(label);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--view-encoding: " + e.getMessage());
    }
  }

  private static String summary(GenerationResult result) {
    return String.format(
        Locale.ROOT,
        "Run %s: %d views of %d images, %d dead letters, %.1f s, %.1f views/s",
        result.run(),
        result.syntheticViews(),
        result.sourceImages(),
        result.deadLetters(),
        result.seconds(),
        result.viewsPerSecond());
  }
}
