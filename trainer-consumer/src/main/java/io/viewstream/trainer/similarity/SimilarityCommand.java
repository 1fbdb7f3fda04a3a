package io.viewstream.trainer.similarity;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.JsonReport;
import io.viewstream.kafka.command.OutputOptions;
import io.viewstream.kafka.command.Progress;
import io.viewstream.trainer.evaluate.EncodingOptions;
import io.viewstream.trainer.evaluate.EvaluationException;
import io.viewstream.trainer.evaluate.FrozenBackbone;
import io.viewstream.trainer.similarity.internal.FileIdentity;
import io.viewstream.trainer.train.Checkpoint;
import io.viewstream.trainer.train.CheckpointOption;
import io.viewstream.trainer.train.EngineException;
import io.viewstream.trainer.train.SettingsException;
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code viewstream similarity}: linear CKA and Procrustes distance of two encoders. */
@Command(
    name = "similarity",
    description = {
      "Compares a checkpoint's backbone with another encoder on the same images: linear CKA (1: the same up to"
          + " rotation and scale) and the orthogonal Procrustes distance (0: the same; at most 2).",
      "Needs no Kafka. Take many more images than features, else CKA is high by chance."
    })
public final class SimilarityCommand implements Callable<Integer> {
  @Mixin private OutputOptions common = new OutputOptions();

  @Mixin private CheckpointOption checkpoint = new CheckpointOption();

  @Option(
      names = "--reference",
      required = true,
      paramLabel = "FILE|DIR",
      description = {
        "What it is compared with: another checkpoint, an ONNX file (.onnx) that takes float32 [batch, 3, height,"
            + " width], or a generator's model package, whose image encoder is taken."
      })
  private Path reference = Path.of("viewstream-training");

  @Mixin private EncodingOptions encoding = new EncodingOptions();

  @Option(
      names = "--reference-resolution",
      paramLabel = "PIXELS",
      description =
          "Side of the images that an ONNX file takes (default: as the file says, else the checkpoint's).")
  private @Nullable Integer resolution;

  @Option(
      names = "--reference-mean",
      split = ",",
      hideParamSyntax = true,
      paramLabel = "R,G,B",
      description =
          "Means that an ONNX file wants subtracted, in [0, 1] (default: as the file says, else ImageNet's).")
  private List<Float> means = List.of();

  @Option(
      names = "--reference-deviation",
      split = ",",
      hideParamSyntax = true,
      paramLabel = "R,G,B",
      description =
          "Deviations that it wants divided by (default: as the file says, else ImageNet's).")
  private List<Float> deviations = List.of();

  @Option(
      names = "--reference-crop",
      paramLabel = "PART",
      description =
          "The middle square that an ONNX file is to see, as a part of the shorter side; 1 for CLIP, 0.875 for most"
              + " of ImageNet (default: the part that the checkpoint sees).")
  private @Nullable Double crop;

  @Option(
      names = "--reference-output",
      paramLabel = "NAME",
      description = "The output of an ONNX file with the features, where it has several.")
  private @Nullable String output;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    JsonReport report = new JsonReport();
    SimilarityMeasurement.Outcome outcome = measure(report);
    report
        .put("linearCka", outcome.similarity().linearCka())
        .put("procrustesDistance", outcome.similarity().procrustesDistance())
        .put("images", outcome.images())
        .put("leftOut", outcome.leftOut())
        .put("seconds", (System.nanoTime() - start) / 1e9)
        .write(common.report());
    System.out.printf(
        Locale.ROOT,
        "Linear CKA %.4f, Procrustes distance %.4f (%d images)%n",
        outcome.similarity().linearCka(),
        outcome.similarity().procrustesDistance(),
        outcome.images());
    return 0;
  }

  private SimilarityMeasurement.Outcome measure(JsonReport report) {
    try {
      encoding.check();
      OnnxSettings settings =
          new OnnxSettings(
              resolution == null ? OptionalInt.empty() : OptionalInt.of(resolution),
              means,
              deviations,
              crop == null ? OptionalDouble.empty() : OptionalDouble.of(crop),
              Optional.ofNullable(output));
      Reference.check(reference, settings);
      // Once: a training that goes on may save another meanwhile.
      Path file = checkpoint.file();
      Checkpoint saved = Checkpoint.read(file);
      ImageSource source = encoding.source();
      try (TrainingEngine engine = TrainingEngine.start(encoding.device(), 0);
          FrozenBackbone backbone = new FrozenBackbone(engine, saved);
          Reference other = Reference.open(reference, settings, engine, backbone.preparation());
          Progress progress =
              Progress.start("compare", OptionalLong.of(source.count()), "images")) {
        report
            .put("checkpoint", FileIdentity.of(file).toMap())
            .put("reference", other.file().toMap());
        return new SimilarityMeasurement(encoding.batchSize())
            .run(backbone, other.encoder(), source, done -> progress.update(done, ""));
      }
    } catch (SettingsException | IllegalArgumentException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()));
    } catch (SimilarityException | EvaluationException | CheckpointException | EngineException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()), e);
    }
  }
}
