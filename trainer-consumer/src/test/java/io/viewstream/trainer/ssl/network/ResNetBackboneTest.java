package io.viewstream.trainer.ssl.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.viewstream.trainer.ssl.network.ResNetArchitecture.Depth;
import io.viewstream.trainer.ssl.network.ResNetArchitecture.Stem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResNetBackboneTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void shouldHaveTheParametersOfTorchvision() {
    // torchvision's counts less the classifier's 512 · 1000 + 1000 (2048 · 1000 + 1000).
    assertThat(tensors(new ResNetArchitecture(Depth.RESNET18, Stem.IMAGENET, 64)).parameterCount())
        .isEqualTo(11_689_512 - 513_000);
    assertThat(tensors(new ResNetArchitecture(Depth.RESNET34, Stem.IMAGENET, 64)).parameterCount())
        .isEqualTo(21_797_672 - 513_000);
    assertThat(tensors(new ResNetArchitecture(Depth.RESNET50, Stem.IMAGENET, 64)).parameterCount())
        .isEqualTo(25_557_032 - 2_049_000);
  }

  @Test
  void shouldNameThemAsTorchvisionDoes() {
    NamedTensors tensors = tensors(new ResNetArchitecture(Depth.RESNET18, Stem.CIFAR, 8));
    assertThat(tensors.parameters().keySet())
        .hasSize(60)
        .startsWith(
            "conv1.weight",
            "bn1.weight",
            "bn1.bias",
            "layer1.0.conv1.weight",
            "layer1.0.bn1.weight",
            "layer1.0.bn1.bias",
            "layer1.0.conv2.weight")
        .contains(
            "layer2.0.downsample.0.weight", "layer2.0.downsample.1.bias", "layer4.1.bn2.bias");
    assertThat(tensors.buffers().keySet())
        .hasSize(40)
        .contains("bn1.running_mean", "layer4.0.downsample.1.running_var");
    assertThat(tensors.parameters().get("conv1.weight").getShape())
        .isEqualTo(new Shape(8, 3, 3, 3));
    assertThat(tensors.parameters().get("layer4.0.downsample.0.weight").getShape())
        .isEqualTo(new Shape(64, 32, 1, 1));
  }

  @Test
  void shouldGiveOneRowOfFeaturesForEachImage() {
    for (ResNetArchitecture architecture :
        new ResNetArchitecture[] {
          new ResNetArchitecture(Depth.RESNET18, Stem.CIFAR, 4),
          new ResNetArchitecture(Depth.RESNET50, Stem.IMAGENET, 4)
        }) {
      NamedTensors tensors = new NamedTensors(manager, 1);
      ResNetBackbone backbone = new ResNetBackbone(tensors.root(), architecture);
      int side = architecture.stem().minResolution();
      NDArray features = backbone.forward(manager.ones(new Shape(2, 3, side, side)), false);
      assertThat(features.getShape()).isEqualTo(new Shape(2, architecture.featureCount()));
      assertThat(features.toFloatArray()).doesNotContain(Float.NaN);
    }
  }

  @Test
  void shouldBeginWithValuesOfTheSeedAlone() {
    ResNetArchitecture architecture = new ResNetArchitecture(Depth.RESNET18, Stem.CIFAR, 4);
    float[] weights = weights(1, architecture);
    manager.getEngine().setRandomSeed(99);
    assertThat(weights(1, architecture)).isEqualTo(weights);
    assertThat(weights(2, architecture)).isNotEqualTo(weights);
    double variance = 0;
    for (float weight : weights) {
      variance += weight * weight / weights.length;
    }
    // He's variance over the outgoing connections: 2 / (32 channels · 9).
    assertThat(variance).isBetween(0.9 * 2 / 288, 1.1 * 2 / 288);
  }

  @Test
  void shouldLearnRunningStatisticsAsTorchDoes() {
    NamedTensors tensors = new NamedTensors(manager, 1);
    BatchNormalisation normalisation = new BatchNormalisation(tensors.root(), 1, true);
    NDArray input = manager.create(new float[] {1, 2, 3, 6}, new Shape(4, 1));
    float[] output = normalisation.forward(input, true).toFloatArray();
    assertThat(output[0]).isCloseTo((float) (-2 / Math.sqrt(3.5)), offset(1e-5f));
    // Mean 3, unbiased variance 14 / 3, each taken to one tenth.
    assertThat(tensors.buffers().get("running_mean").getFloat(0)).isCloseTo(0.3f, offset(1e-6f));
    assertThat((double) tensors.buffers().get("running_var").getFloat(0))
        .isCloseTo(0.9 + 0.1 * 14 / 3, offset(1e-6));
    normalisation.forward(input, false);
    assertThat(tensors.buffers().get("running_mean").getFloat(0)).isCloseTo(0.3f, offset(1e-6f));
  }

  @Test
  void shouldRefuseWhatCannotBeBuilt() {
    assertThatThrownBy(() -> new ResNetArchitecture(Depth.RESNET18, Stem.CIFAR, 0))
        .hasMessageContaining("width of the backbone is 0");
    assertThatThrownBy(
            () -> new ResNetArchitecture(Depth.RESNET18, Stem.IMAGENET, 64).requireResolution(24))
        .hasMessageContaining("24 px")
        .hasMessageContaining("at least 32 px or the cifar stem");
  }

  private float[] weights(long seed, ResNetArchitecture architecture) {
    NamedTensors tensors = new NamedTensors(manager, seed);
    new ResNetBackbone(tensors.root(), architecture);
    return tensors.parameters().get("layer4.1.conv1.weight").toFloatArray();
  }

  private NamedTensors tensors(ResNetArchitecture architecture) {
    NamedTensors tensors = new NamedTensors(manager, 1);
    new ResNetBackbone(tensors.root(), architecture);
    return tensors;
  }
}
