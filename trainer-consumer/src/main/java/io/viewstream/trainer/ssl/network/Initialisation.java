package io.viewstream.trainer.ssl.network;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Random;

/** First values of a tensor, a function of (seed, tensor name, shape) and of nothing else. */
@FunctionalInterface
public interface Initialisation {

  /**
   * Fills a tensor.
   *
   * @param values to be filled, row-major
   * @param shape of the tensor; its product is {@code values.length}
   * @param random seeded for this tensor alone
   */
  void fill(float[] values, long[] shape, Random random);

  /** The same number everywhere. */
  static Initialisation constant(float value) {
    return (values, shape, random) -> Arrays.fill(values, value);
  }

  /**
   * He's normal initialisation over the outgoing connections, as torchvision's ResNets use it for
   * convolutions: standard deviation √(2 / (out · kernel height · kernel width)).
   *
   * @see <a href="https://arxiv.org/abs/1502.01852">He et al. 2015, Delving Deep into
   *     Rectifiers</a>
   */
  static Initialisation heNormalFanOut() {
    return (values, shape, random) -> {
      long fanOut = shape[0];
      for (int axis = 2; axis < shape.length; axis++) {
        fanOut *= shape[axis];
      }
      double deviation = Math.sqrt(2.0 / fanOut);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (deviation * random.nextGaussian());
      }
    };
  }

  /**
   * Uniform in ±1/√fanIn, PyTorch's default for the weight and the bias of a linear layer.
   *
   * @param fanIn inputs of the layer
   */
  static Initialisation uniformFanIn(long fanIn) {
    double bound = 1 / Math.sqrt(fanIn);
    return (values, shape, random) -> {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
      }
    };
  }

  /** Gaussian columns of length 1, for a tensor (parts, dimension, columns). */
  static Initialisation unitColumns() {
    return (values, shape, random) -> {
      int dimension = (int) shape[1];
      int columns = (int) shape[2];
      for (int part = 0; part < shape[0]; part++) {
        for (int column = 0; column < columns; column++) {
          int start = part * dimension * columns + column;
          double square = 0;
          for (int i = 0; i < dimension; i++) {
            double value = random.nextGaussian();
            values[start + i * columns] = (float) value;
            square += value * value;
          }
          for (int i = 0; i < dimension; i++) {
            values[start + i * columns] /= (float) Math.sqrt(square);
          }
        }
      }
    };
  }

  /**
   * The generator of one tensor. {@link Random} is used because its algorithms, the Gaussian's
   * included, are part of its specification and so the same on every Java release.
   */
  static Random randomOf(long seed, String tensorName) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(seed).flip());
      digest.update(tensorName.getBytes(StandardCharsets.UTF_8));
      return new Random(ByteBuffer.wrap(digest.digest()).getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
