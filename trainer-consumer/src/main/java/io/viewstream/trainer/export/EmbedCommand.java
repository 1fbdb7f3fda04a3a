package io.viewstream.trainer.export;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.JsonReport;
import io.viewstream.kafka.command.OutputOptions;
import io.viewstream.kafka.command.Progress;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.schemas.DatasetName;
import io.viewstream.trainer.evaluate.EncodingOptions;
import io.viewstream.trainer.evaluate.EvaluationException;
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

  @Mixin private EncodingOptions encoding = new EncodingOptions();

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
      encoding.check();
      if (dataset != null) {
        DatasetName.checked(dataset);
      }
      OutputFile file = OutputFile.of(output, overwrite);
      Checkpoint saved = checkpoint.read();
      ImageSource source = encoding.source();
      FeatureExport export =
          new FeatureExport(dataset == null ? source.name() : dataset, encoding.batchSize());
      try (TrainingEngine engine = TrainingEngine.start(encoding.device(), 0);
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
