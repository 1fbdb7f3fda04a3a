package io.viewstream.trainer.ssl.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConvolutionTest {

  private static final int SIDE = 16;
  private static final int STRIDE = 2;

  /**
   * Channels innermost, as in a backbone. A narrow one on two threads and AVX-512 once ended the
   * process here, and others may have had wrong gradients: so numbers are compared.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 8, 15, 16, 24})
  void shouldHaveTheGradientOfItsSum(int channels) {
    for (int batch = 1; batch <= 34; batch += 3) {
      try (NDManager manager = NDManager.newBaseManager()) {
        NamedTensors tensors = new NamedTensors(manager, 1);
        Convolution convolution =
            new Convolution(tensors.root(), channels, 2 * channels, 1, STRIDE);
        NDArray weight = tensors.parameters().get("weight");
        weight.setRequiresGradient(true);
        NDArray images = manager.randomNormal(new Shape(batch, SIDE, SIDE, channels));
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
          NDArray output = convolution.forward(images.transpose(0, 3, 1, 2), true);
          assertThat(output.getShape())
              .isEqualTo(new Shape(batch, 2 * channels, SIDE / STRIDE, SIDE / STRIDE));
          collector.backward(output.sum());
        }
        double[] sums = sumsOfPickedPixels(images.toFloatArray(), channels);
        float[] gradient = weight.getGradient().toFloatArray();
        for (int i = 0; i < gradient.length; i++) {
          assertThat((double) gradient[i])
              .as("batch %d, number %d", batch, i)
              .isCloseTo(sums[i % channels], within(1e-3));
        }
      }
    }
  }

  private static double[] sumsOfPickedPixels(float[] images, int channels) {
    double[] sums = new double[channels];
    for (int i = 0; i < images.length; i++) {
      int pixel = i / channels;
      if (pixel % SIDE % STRIDE == 0 && pixel / SIDE % SIDE % STRIDE == 0) {
        sums[i % channels] += images[i];
      }
    }
    return sums;
  }
}
