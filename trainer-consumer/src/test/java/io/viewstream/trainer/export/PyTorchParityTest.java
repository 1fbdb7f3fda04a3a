package io.viewstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.RgbImage;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.Split;
import io.viewstream.trainer.evaluate.Evaluation;
import io.viewstream.trainer.evaluate.FrozenBackbone;
import io.viewstream.trainer.evaluate.ImagePreparation;
import io.viewstream.trainer.evaluate.RandomCheckpoint;
import io.viewstream.trainer.similarity.OnnxEncoder;
import io.viewstream.trainer.similarity.OnnxSettings;
import io.viewstream.trainer.similarity.SimilarityMeasurement;
import io.viewstream.trainer.train.Checkpoint;
import io.viewstream.trainer.train.TrainingEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written for other programs, read and computed by PyTorch, NumPy and ONNX Runtime. */
class PyTorchParityTest {

  private static final double TOLERANCE = 1e-4;
  private static final int IMAGES = 12;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"resnet18-cifar, 16, 32", "resnet18, 64, 64", "resnet34, 64, 32", "resnet50, 64, 32"})
  void shouldGiveTheSameFeaturesInPyTorch(String backbone, int width, int resolution)
      throws Exception {
    ForeignPython python =
        ForeignPython.with(
            "torch, torchvision, numpy, PIL", "python3-torch, python3-torchvision, python3-pil");
    // Of the larger networks features alone, to spare time.
    boolean onnx = backbone.startsWith("resnet18");
    Path images = drawImages(resolution);
    Checkpoint checkpoint = write(backbone, width, resolution, images);

    JsonNode report =
        python.runForJson(
            Path.of("src", "test", "python", "check_export.py").toAbsolutePath(),
            ForeignPython.repositoryFile("infra/models"),
            folder.resolve("backbone.safetensors"),
            images,
            folder.resolve("features.npz"),
            folder.resolve("features.safetensors"),
            onnx ? folder.resolve("encoder.onnx") : "none");

    assertThat(report.get("images").asInt()).isEqualTo(IMAGES);
    assertThat(report.get("difference").asDouble()).isLessThanOrEqualTo(TOLERANCE);
    assertThat(report.get("spread").asDouble())
        .as("the images' features differ by far more than the tolerance")
        .isGreaterThan(100 * TOLERANCE);
    for (String same :
        new String[] {
          "sameFeatures", "sameIds", "sameLabels", "sameClasses", "sameMetadata", "labelsOfFolders"
        }) {
      assertThat(report.get(same).asBoolean()).as(same).isTrue();
    }
    if (width == 64) {
      assertThat(report.get("missingKeys").toString()).isEqualTo("[\"fc.weight\",\"fc.bias\"]");
      assertThat(report.get("unexpectedKeys")).isEmpty();
      assertThat(report.get("sameKeys").asBoolean()).isTrue();
    }
    JsonNode metadata = report.get("metadata");
    assertThat(metadata.get("architecture").asText()).isEqualTo(backbone.replace("-cifar", ""));
    assertThat(metadata.get("method").asText()).isEqualTo("simclr");
    assertThat(metadata.get("steps").asLong()).isEqualTo(RandomCheckpoint.STEPS);
    if (onnx) {
      checkOnnx(checkpoint, images);
    }
  }

  /** The ONNX file of the export is the same encoder. */
  private void checkOnnx(Checkpoint checkpoint, Path images) {
    try (TrainingEngine engine = TrainingEngine.start("cpu", 1);
        FrozenBackbone backbone = new FrozenBackbone(engine, checkpoint);
        OnnxEncoder encoder =
            OnnxEncoder.open(
                folder.resolve("encoder.onnx"), OnnxSettings.NONE, ImagePreparation.usual(1))) {
      assertThat(encoder.preparation().resolution()).isEqualTo(backbone.preparation().resolution());
      assertThat(encoder.preparation().normalisation().deviations())
          .isEqualTo(backbone.preparation().normalisation().deviations());
      SimilarityMeasurement.Outcome outcome =
          new SimilarityMeasurement(5)
              .run(
                  backbone,
                  encoder,
                  Evaluation.source(images.toString(), Split.ALL, SourceOptions.DEFAULT),
                  done -> {});
      assertThat(outcome.images()).isEqualTo(IMAGES);
      assertThat(outcome.similarity().linearCka()).isGreaterThan(1 - 1e-6);
      assertThat(outcome.similarity().procrustesDistance()).isLessThan(1e-4);
    }
  }

  private Checkpoint write(String backbone, int width, int resolution, Path images) {
    try (TrainingEngine engine = TrainingEngine.start("cpu", 1)) {
      Checkpoint checkpoint =
          RandomCheckpoint.draw(engine, RandomCheckpoint.settings(backbone, width, resolution), 11);
      BackboneExport.of(engine, checkpoint)
          .write(OutputFile.of(folder.resolve("backbone.safetensors"), false));
      try (FrozenBackbone frozen = new FrozenBackbone(engine, checkpoint)) {
        for (String name : new String[] {"features.npz", "features.safetensors"}) {
          new FeatureExport("gemalt \u00fc \uD83C\uDF33", 5)
              .run(
                  frozen,
                  checkpoint,
                  Evaluation.source(images.toString(), Split.ALL, SourceOptions.DEFAULT),
                  OutputFile.of(folder.resolve(name), false),
                  done -> {});
        }
      }
      return checkpoint;
    }
  }

  /** Images of coarse random colours, most in two classes, two in none. */
  private Path drawImages(int side) throws IOException {
    Path images = folder.resolve("images");
    Random random = new Random(3);
    for (int image = 0; image < IMAGES; image++) {
      byte[] pixels = new byte[3 * side * side];
      int[] colours = random.ints(64, 0, 256).toArray();
      for (int i = 0; i < pixels.length; i++) {
        int pixel = i / 3;
        int cell = (pixel / side * 4 / side) * 4 + pixel % side * 4 / side;
        pixels[i] = (byte) (colours[3 * cell + i % 3] ^ random.nextInt(8));
      }
      Path parent = image < 2 ? images : images.resolve(image % 2 == 0 ? "houses" : "trees");
      Files.createDirectories(parent);
      Files.write(
          parent.resolve("image-%02d.png".formatted(image)),
          ImageEncoder.png(new RgbImage(side, side, pixels)));
    }
    return images;
  }
}
