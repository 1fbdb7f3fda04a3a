package io.viewstream.trainer.ssl.network;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions with batch normalisation around which the input is added back: two of 3×3 (basic),
 * or 1×1, 3×3, 1×1 with four times the channels at the end and the stride in the middle
 * (bottleneck, as in torchvision).
 *
 * @see <a href="https://arxiv.org/abs/1512.03385">He et al. 2015, Deep Residual Learning</a>
 */
final class ResidualBlock implements Layer {

  private final List<Layer> convolutions;
  private final List<Layer> normalisations;
  private final @Nullable Layer projection;
  private final @Nullable Layer projectionNormalisation;

  private ResidualBlock(TensorScope scope, List<ConvolutionShape> shapes) {
    this.convolutions = new ArrayList<>();
    this.normalisations = new ArrayList<>();
    int stride = 1;
    for (int i = 0; i < shapes.size(); i++) {
      ConvolutionShape shape = shapes.get(i);
      convolutions.add(
          new Convolution(
              scope.child("conv" + (i + 1)),
              shape.inputs,
              shape.outputs,
              shape.kernel,
              shape.stride));
      normalisations.add(new BatchNormalisation(scope.child("bn" + (i + 1)), shape.outputs, true));
      stride *= shape.stride;
    }
    int inputs = shapes.getFirst().inputs;
    int outputs = shapes.getLast().outputs;
    if (stride != 1 || inputs != outputs) {
      TensorScope downsample = scope.child("downsample");
      this.projection = new Convolution(downsample.child(0), inputs, outputs, 1, stride);
      this.projectionNormalisation = new BatchNormalisation(downsample.child(1), outputs, true);
    } else {
      this.projection = null;
      this.projectionNormalisation = null;
    }
  }

  static ResidualBlock basic(TensorScope scope, int inputs, int channels, int stride) {
    return new ResidualBlock(
        scope,
        List.of(
            new ConvolutionShape(inputs, channels, 3, stride),
            new ConvolutionShape(channels, channels, 3, 1)));
  }

  static ResidualBlock bottleneck(TensorScope scope, int inputs, int channels, int stride) {
    return new ResidualBlock(
        scope,
        List.of(
            new ConvolutionShape(inputs, channels, 1, 1),
            new ConvolutionShape(channels, channels, 3, stride),
            new ConvolutionShape(channels, 4 * channels, 1, 1)));
  }

  @Override
  public NDArray forward(NDArray input, boolean training) {
    NDArray output = input;
    for (int i = 0; i < convolutions.size(); i++) {
      output =
          normalisations.get(i).forward(convolutions.get(i).forward(output, training), training);
      if (i < convolutions.size() - 1) {
        output = Activation.relu(output);
      }
    }
    NDArray shortcut = input;
    if (projection != null && projectionNormalisation != null) {
      shortcut = projectionNormalisation.forward(projection.forward(input, training), training);
    }
    return Activation.relu(output.add(shortcut));
  }

  private record ConvolutionShape(int inputs, int outputs, int kernel, int stride) {}
}
