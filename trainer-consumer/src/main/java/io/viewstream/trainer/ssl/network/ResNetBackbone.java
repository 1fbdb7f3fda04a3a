package io.viewstream.trainer.ssl.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.pooling.Pool;
import java.util.ArrayList;
import java.util.List;

/**
 * A residual network without its classifier, (batch, 3, side, side) normalised pixels → (batch,
 * {@link ResNetArchitecture#featureCount()}) features after the global mean. Parameter names are
 * torchvision's.
 *
 * @see <a href="https://arxiv.org/abs/1512.03385">He et al. 2015, Deep Residual Learning</a>
 */
public final class ResNetBackbone implements Layer {

  private final ResNetArchitecture architecture;
  private final Layer stem;
  private final Layer stemNormalisation;
  private final List<Layer> blocks = new ArrayList<>();

  /** Declares the parameters in {@code scope}. */
  public ResNetBackbone(TensorScope scope, ResNetArchitecture architecture) {
    this.architecture = architecture;
    boolean small = architecture.stem() == ResNetArchitecture.Stem.CIFAR;
    int width = architecture.width();
    this.stem = new Convolution(scope.child("conv1"), 3, width, small ? 3 : 7, small ? 1 : 2);
    this.stemNormalisation = new BatchNormalisation(scope.child("bn1"), width, true);
    int expansion = architecture.depth().expansion();
    int inputs = width;
    List<Integer> stages = architecture.depth().blocks();
    for (int stage = 0; stage < stages.size(); stage++) {
      int channels = width << stage;
      TensorScope stageScope = scope.child("layer" + (stage + 1));
      for (int block = 0; block < stages.get(stage); block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        TensorScope blockScope = stageScope.child(block);
        blocks.add(
            expansion == 1
                ? ResidualBlock.basic(blockScope, inputs, channels, stride)
                : ResidualBlock.bottleneck(blockScope, inputs, channels, stride));
        inputs = channels * expansion;
      }
    }
  }

  /** What it was built from. */
  public ResNetArchitecture architecture() {
    return architecture;
  }

  @Override
  public NDArray forward(NDArray images, boolean training) {
    NDArray output =
        Activation.relu(
            stemNormalisation.forward(stem.forward(channelsLast(images), training), training));
    if (architecture.stem() == ResNetArchitecture.Stem.IMAGENET) {
      output = Pool.maxPool2d(output, new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false);
    }
    for (Layer block : blocks) {
      output = block.forward(output, training);
    }
    return Pool.globalAvgPool2d(output);
  }

  /** The same tensor with its channels innermost in memory. */
  private static NDArray channelsLast(NDArray images) {
    Shape shape = images.getShape();
    long batch = shape.get(0);
    long channels = shape.get(1);
    long height = shape.get(2);
    long width = shape.get(3);
    return images
        .transpose(0, 2, 3, 1)
        .reshape(batch * height * width * channels)
        .reshape(batch, height, width, channels)
        .transpose(0, 3, 1, 2);
  }
}
