package io.viewstream.trainer.export;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.Split;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.JsonReport;
import io.viewstream.kafka.command.OutputOptions;
import io.viewstream.kafka.command.Progress;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.schemas.DatasetName;
import io.viewstream.trainer.evaluate.Evaluation;
import io.viewstream.trainer.evaluate.EvaluationException;
import io.viewstream.trainer.evaluate.FeatureExtractor;
import io.viewstream.trainer.evaluate.FrozenBackbone;
import io.viewstream.trainer.train.Checkpoint;
import io.viewstream.trainer.train.CheckpointOption;
import io.viewstream.trainer.train.EngineException;
import io.viewstream.trainer.train.SettingsException;
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code viewstream embed}: the features of images, for other programs. */
@Command(
    name = "embed",
    description = {
      "Writes what a checkpoint's backbone makes of images: features, the images' ids and labels.",
      "Needs no Kafka."
    })
public final class EmbedCommand implements Callable<Integer> {
  @Mixin private OutputOptions common = new OutputOptions();

  @Mixin private CheckpointOption checkpoint = new CheckpointOption();

  @Option(
      names = "--images",
      required = true,
      paramLabel = "PATH|shapes",
      description =
          "Images: a folder, where there are classes with sub-folders, a tar archive, or"
              + " shapes.")
  private String images = ImageSource.SHAPES;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "Where the features go; the name ends in .safetensors or .npz.")
  private Path output = Path.of("features.npz");

  @Option(names = "--overwrite", description = "Replace the file if it is there.")
  private boolean overwrite;

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      description =
          "First part of the images' ids (default: the name of the folder or archive, as for"
              + " produce).")
  private @Nullable String dataset;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Take so many images at most, spread evenly (default: all).")
  private @Nullable Long limit;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "" + FeatureExtractor.DEFAULT_BATCH_SIZE,
      description = "Images that the backbone is given together (default: ${DEFAULT-VALUE}).")
  private int batchSize = FeatureExtractor.DEFAULT_BATCH_SIZE;

  @Option(
      names = "--device",
      paramLabel = "cpu|cuda:N",
      defaultValue = "cpu",
      description = "What computes (default: ${DEFAULT-VALUE}).")
  private String device = "cpu";

  @Override
  public Integer call() {
    long start = System.nanoTime();
    FeatureExport.Outcome outcome = embed(ShutdownSignal.install());
    double seconds = (System.nanoTime() - start) / 1e9;
    new JsonReport()
        .put("output", output.toString())
        .put("images", outcome.images())
        .put("leftOut", outcome.leftOut())
        .put("features", outcome.featureCount())
        .put("classes", outcome.classes())
        .put("imagesPerSecond", outcome.images() / seconds)
        .put("seconds", seconds)
        .write(common.report());
    System.out.printf(
        "%s: %d images with %d features each, %d classes; %d files left out%n",
        output, outcome.images(), outcome.featureCount(), outcome.classes(), outcome.leftOut());
    return 0;
  }

  private FeatureExport.Outcome embed(ShutdownSignal stop) {
    try {
      FeatureFormat.of(output);
      if (batchSize < 1) {
        // Before the engine is loaded.
        throw CommandException.usage(
            "--batch-size is %d; it must be at least 1".formatted(batchSize));
      }
      SourceOptions options =
          limit == null ? SourceOptions.DEFAULT : SourceOptions.DEFAULT.withLimit(limit);
      OutputFile file = OutputFile.of(output, overwrite);
      Checkpoint saved = checkpoint.read();
      ImageSource source = Evaluation.source(images, Split.ALL, options);
      FeatureExport export =
          new FeatureExport(
              dataset == null ? source.name() : DatasetName.checked(dataset), batchSize);
      try (TrainingEngine engine = TrainingEngine.start(device, 0);
          FrozenBackbone backbone = new FrozenBackbone(engine, saved);
          Progress progress = Progress.start("embed", OptionalLong.of(source.count()), "images")) {
        return export.run(
            backbone,
            saved,
            source,
            file,
            done -> {
              if (stop.isRequested()) {
                throw CommandException.interrupted(
                    "Interrupted after %d images; %s was not written".formatted(done, output));
              }
              progress.update(done, "");
            });
      }
    } catch (SettingsException | IllegalArgumentException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()));
    } catch (ExportException | EvaluationException | CheckpointException | EngineException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()), e);
    }
  }
}
