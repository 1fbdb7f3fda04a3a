package io.viewstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
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
import java.nio.file.Files;
import java.nio.file.Path;
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
