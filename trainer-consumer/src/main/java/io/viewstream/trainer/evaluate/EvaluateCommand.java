package io.viewstream.trainer.evaluate;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.Split;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.JsonReport;
import io.viewstream.kafka.command.OutputOptions;
import io.viewstream.kafka.command.Progress;
import io.viewstream.trainer.train.Checkpoint;
import io.viewstream.trainer.train.CheckpointOption;
import io.viewstream.trainer.train.DeviceOption;
import io.viewstream.trainer.train.EngineException;
import io.viewstream.trainer.train.SettingsException;
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code viewstream evaluate}: linear probe and nearest neighbours on the features of a checkpoint.
 */
@Command(
    name = "evaluate",
    description = {
      "Measures the features of a checkpoint's backbone with labelled images: a linear probe and a vote of the"
          + " nearest neighbours, as the part of test images that are named rightly.",
      "Needs no Kafka. A source with the sub-folders train and test gives each its own part, so the same path can be"
          + " given twice."
    })
public final class EvaluateCommand implements Callable<Integer> {
  @Mixin private OutputOptions common = new OutputOptions();

  @Mixin private CheckpointOption checkpoint = new CheckpointOption();

  @Option(
      names = "--train-images",
      required = true,
      paramLabel = "PATH|shapes",
      description =
          "Labelled images to learn from: a folder with class sub-folders, a tar archive, or shapes.")
  private String trainImages = ImageSource.SHAPES;

  @Option(
      names = "--test-images",
      required = true,
      paramLabel = "PATH|shapes",
      description = "Labelled images to be tested on.")
  private String testImages = ImageSource.SHAPES;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Take so many training images at most, and as many test images (default: all).")
  private @Nullable Long limit;

  @Option(
      names = "--probe",
      paramLabel = "quick|solo-learn",
      defaultValue = "quick",
      description =
          "How the linear probe is learned. quick: on features that are computed once, in seconds. solo-learn: with"
              + " new crops and flips in each epoch and that project's settings, in as many passes of the backbone"
              + " (default: ${DEFAULT-VALUE}).")
  private String probe = "quick";

  @Option(
      names = "--probe-epochs",
      paramLabel = "N",
      defaultValue = "100",
      description = "Passes of the probe over the training images (default: ${DEFAULT-VALUE}).")
  private int probeEpochs = 100;

  @Option(
      names = "--neighbours",
      paramLabel = "K",
      defaultValue = "20",
      description = "How many neighbours vote (default: ${DEFAULT-VALUE}).")
  private int neighbours = 20;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0.07",
      description = "How much nearer ones count for more (default: ${DEFAULT-VALUE}).")
  private double temperature = 0.07;

  @Mixin private DeviceOption device = new DeviceOption();

  @Override
  public Integer call() {
    long start = System.nanoTime();
    EvaluationResult result = evaluate();
    new JsonReport()
        .put("linearProbeTop1", result.linearProbeTop1())
        .put("probe", probe)
        .put("probeEpochs", probeEpochs)
        .put("knnTop1", result.knnTop1())
        .put("chance", result.chance())
        .put("classes", result.classes())
        .put("trainImages", result.trainImages())
        .put("testImages", result.testImages())
        .put("seconds", (System.nanoTime() - start) / 1e9)
        .write(common.report());
    System.out.printf(
        Locale.ROOT,
        "Linear probe %.1f %%, nearest neighbours %.1f %%, chance %.1f %% (%d classes, %d training and %d test images)%n",
        100 * result.linearProbeTop1(),
        100 * result.knnTop1(),
        100 * result.chance(),
        result.classes(),
        result.trainImages(),
        result.testImages());
    return 0;
  }

  private EvaluationResult evaluate() {
    try {
      SourceOptions options =
          limit == null ? SourceOptions.DEFAULT : SourceOptions.DEFAULT.withLimit(limit);
      Evaluation evaluation =
          new Evaluation(probe(), new NearestNeighbours(neighbours, temperature));
      String deviceName = device.name();
      Checkpoint saved = checkpoint.read();
      ImageSource train = Evaluation.source(trainImages, Split.TRAIN, options);
      ImageSource test = Evaluation.source(testImages, Split.TEST, options);
      if (trainImages.equals(testImages) && !train.divided()) {
        throw new SettingsException(
            "--train-images and --test-images are both %s, which has no sub-folders train and test; test images must be others"
                .formatted(trainImages));
      }
      try (TrainingEngine engine = TrainingEngine.start(deviceName, 0)) {
        return run(evaluation, engine, saved, train, test);
      }
    } catch (SettingsException | IllegalArgumentException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()));
    } catch (EvaluationException | CheckpointException | EngineException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()), e);
    }
  }

  private EvaluationResult run(
      Evaluation evaluation,
      TrainingEngine engine,
      Checkpoint saved,
      ImageSource train,
      ImageSource test) {
    if (evaluation.probe() instanceof LinearProbe) {
      return evaluation.run(engine, saved, train, test);
    }
    try (Progress progress = Progress.start("probe", OptionalLong.of(probeEpochs), "epochs")) {
      return evaluation.run(engine, saved, train, test, epochs -> progress.update(epochs, ""));
    }
  }

  private Probe probe() {
    if (probeEpochs < 1) {
      throw new SettingsException(
          "--probe-epochs is %d; it must be at least 1".formatted(probeEpochs));
    }
    return switch (probe) {
      case "quick" -> LinearProbe.DEFAULT.withEpochs(probeEpochs);
      case "solo-learn" -> AugmentedProbe.SOLO_LEARN.withEpochs(probeEpochs);
      default ->
          throw new SettingsException(
              "--probe is '%s'; it must be quick or solo-learn".formatted(probe));
    };
  }
}
