package io.viewstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.RgbImage;
import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.Split;
import io.viewstream.trainer.feed.EpochCounts;
import io.viewstream.trainer.ssl.network.NamedTensors;
import io.viewstream.trainer.ssl.network.ResNetBackbone;
import io.viewstream.trainer.train.Checkpoint;
import io.viewstream.trainer.train.MethodName;
import io.viewstream.trainer.train.Preset;
import io.viewstream.trainer.train.SettingKey;
import io.viewstream.trainer.train.SettingValues;
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.TrainingPosition;
import io.viewstream.trainer.train.TrainingSettings;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import io.viewstream.trainer.train.checkpoint.TensorData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {

  private static final SettingValues SETTINGS =
      Preset.SMOKE
          .values(MethodName.SIMCLR)
          .with(SettingKey.WIDTH, 4, "test")
          .with(SettingKey.RESOLUTION, 16, "test");

  @Test
  void shouldTellSeparableClassesApartAndNotOthers() {
    try (NDManager manager = NDManager.newBaseManager()) {
      LabelledFeatures train = clusters(3, 200, 3, 1);
      LabelledFeatures test = clusters(3, 60, 3, 2);
      assertThat(LinearProbe.DEFAULT.top1(manager, train, test, 3)).isGreaterThan(0.95);
      assertThat(NearestNeighbours.DEFAULT.top1(manager, train, test, 3)).isGreaterThan(0.95);
      LabelledFeatures noise = clusters(3, 200, 0, 3);
      LabelledFeatures moreNoise = clusters(3, 300, 0, 4);
      assertThat(LinearProbe.DEFAULT.top1(manager, noise, moreNoise, 3)).isBetween(0.2, 0.47);
      assertThat(NearestNeighbours.DEFAULT.top1(manager, noise, moreNoise, 3)).isBetween(0.2, 0.47);
    }
  }

  @Test
  void shouldProbeTheSameTwice() {
    try (NDManager manager = NDManager.newBaseManager()) {
      LabelledFeatures train = clusters(4, 150, 1, 1);
      LabelledFeatures test = clusters(4, 100, 1, 2);
      assertThat(LinearProbe.DEFAULT.top1(manager, train, test, 4))
          .isEqualTo(LinearProbe.DEFAULT.top1(manager, train, test, 4));
    }
  }

  @Test
  void shouldEvaluateACheckpointOnDrawnShapes() {
    try (TrainingEngine engine = TrainingEngine.start("cpu", 1)) {
      SourceOptions options = SourceOptions.DEFAULT.withLimit(150);
      EvaluationResult result =
          Evaluation.DEFAULT.run(
              engine,
              checkpoint(engine),
              Evaluation.source(ImageSource.SHAPES, Split.TRAIN, options),
              Evaluation.source(ImageSource.SHAPES, Split.TEST, options));
      assertThat(result.classes()).isEqualTo(10);
      assertThat(result.chance()).isEqualTo(0.1);
      assertThat(result.trainImages()).isEqualTo(150);
      assertThat(result.testImages()).isEqualTo(150);
      assertThat(result.linearProbeTop1()).isBetween(0.0, 1.0);
    }
  }

  @Test
  void shouldLearnFromNewCropsInEachEpoch(@TempDir Path folder) throws IOException {
    Path images = drawDarkAndBright(folder, 20);
    try (TrainingEngine engine = TrainingEngine.start("cpu", 1)) {
      Checkpoint checkpoint = RandomCheckpoint.draw(engine, SETTINGS, 3);
      ImageSource source = Evaluation.source(images.toString(), Split.ALL, SourceOptions.DEFAULT);
      List<Integer> epochs = new ArrayList<>();
      double learned =
          new Evaluation(new AugmentedProbe(12, 16, 16, 0.9, 0.05, 5), NearestNeighbours.DEFAULT)
              .run(engine, checkpoint, source, source, epochs::add)
              .linearProbeTop1();
      assertThat(learned).isGreaterThan(0.9);
      assertThat(epochs).hasSize(12).endsWith(11, 12);
      double hardlyLearned =
          new Evaluation(AugmentedProbe.SOLO_LEARN.withEpochs(1), NearestNeighbours.DEFAULT)
              .run(engine, checkpoint, source, source)
              .linearProbeTop1();
      assertThat(hardlyLearned).isLessThan(learned);
    }
  }

  private static Path drawDarkAndBright(Path folder, int each) throws IOException {
    Random random = new Random(4);
    for (int image = 0; image < 2 * each; image++) {
      boolean bright = image % 2 == 0;
      byte[] pixels = new byte[3 * 16 * 16];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) (random.nextInt(100) + (bright ? 120 : 30));
      }
      Path parent = Files.createDirectories(folder.resolve(bright ? "bright" : "dark"));
      Files.write(parent.resolve(image + ".png"), ImageEncoder.png(new RgbImage(16, 16, pixels)));
    }
    return folder;
  }

  @Test
  void shouldScaleGradientsAsLarsDoes() {
    try (NDManager manager = NDManager.newBaseManager();
        LinearClassifier classifier =
            new LinearClassifier(
                manager,
                manager.create(new float[] {3, 4}, new Shape(2, 1)),
                manager.create(new float[] {0, 0}),
                0.9,
                0,
                0.1)) {
      // Scores 3 and 4; the first class has 1 / (1 + e), so the gradient is ±(1 − that), and the
      // ratio 0.1 · 5 / (gradient · √2) leaves a step of 0.5 / √2 on each weight.
      classifier.step(manager.create(new float[] {1}, new Shape(1, 1)), new int[] {0}, 2);
      float step = (float) (2 * 0.5 / Math.sqrt(2));
      assertThat(classifier.weight().toFloatArray()[0]).isCloseTo(3 + step, offset(1e-5f));
      assertThat(classifier.weight().toFloatArray()[1]).isCloseTo(4 - step, offset(1e-5f));
      // All zero, so the bias is left to plain descent.
      assertThat((double) classifier.bias().toFloatArray()[0])
          .isCloseTo(2 * (1 - 1 / (1 + Math.E)), offset(1e-5));
    }
  }

  @Test
  void shouldSayWhatIsMissing(@TempDir Path folder) throws Exception {
    try (TrainingEngine engine = TrainingEngine.start("cpu", 1)) {
      Checkpoint checkpoint = checkpoint(engine);
      ImageSource shapes =
          Evaluation.source(ImageSource.SHAPES, Split.TEST, SourceOptions.DEFAULT.withLimit(20));
      assertThatThrownBy(
              () ->
                  Evaluation.source(
                      folder.resolve("none").toString(), Split.TRAIN, SourceOptions.DEFAULT))
          .isInstanceOf(EvaluationException.class)
          .hasMessageContaining(folder.resolve("none").toString());
      Files.writeString(
          Files.createDirectory(folder.resolve("class")).resolve("text.png"), "no image");
      ImageSource noImages =
          Evaluation.source(folder.toString(), Split.TRAIN, SourceOptions.DEFAULT);
      assertThatThrownBy(() -> Evaluation.DEFAULT.run(engine, checkpoint, noImages, shapes))
          .isInstanceOf(EvaluationException.class)
          .hasMessageContaining("There are no images in ");
      SequencedMap<String, TensorData> tensors = checkpoint.tensors();
      tensors.remove("model.backbone.bn1.weight");
      Checkpoint incomplete =
          new Checkpoint(SETTINGS, TrainingPosition.START, EpochCounts.NONE, 1, List.of(), tensors);
      assertThatThrownBy(() -> Evaluation.DEFAULT.run(engine, incomplete, shapes, shapes))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("model.backbone.bn1.weight is missing");
    }
  }

  private static Checkpoint checkpoint(TrainingEngine engine) {
    SequencedMap<String, TensorData> tensors = new LinkedHashMap<>();
    try (NamedTensors named = new NamedTensors(engine.manager(), 7)) {
      new ResNetBackbone(
          named.root().child("backbone"), TrainingSettings.of(SETTINGS).architecture());
      named
          .all()
          .forEach(
              (name, tensor) -> tensors.put(Checkpoint.MODEL + name, TensorData.copyOf(tensor)));
    }
    return new Checkpoint(
        SETTINGS, TrainingPosition.START, EpochCounts.NONE, 1, List.of(), tensors);
  }

  /** Gaussian clouds around points at a distance from each other. */
  private static LabelledFeatures clusters(int classes, int count, double distance, long seed) {
    Random random = new Random(seed);
    int dimension = 8;
    float[] values = new float[count * dimension];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % classes;
      for (int j = 0; j < dimension; j++) {
        values[i * dimension + j] =
            (float) (random.nextGaussian() + (j == labels[i] ? 2 * distance : 0));
      }
    }
    return new LabelledFeatures(values, dimension, labels);
  }
}
