package io.viewstream.imaging.augment;

/**
 * The weights that scale one axis of a box from one size to another: output i is the sum of {@code
 * weights[i * stride + t] * input[first[i] + t]} over t in 0..count[i]-1. The weights of an output
 * add up to 1. They exist twice: as floats, and as fixed-point numbers of {@value #PACKED_BITS}
 * fractional bits for sums of three channels in one {@code long}.
 */
final class FilterTable {

  /** Fractional bits of a fixed-point weight: with 8 bits of a value and a sign, 21 bits. */
  static final int PACKED_BITS = 12;

  private static final int PACKED_ONE = 1 << PACKED_BITS;

  private final Interpolation interpolation;
  private final int outputSize;
  private double offset;
  private double size;
  private int inputSize;
  private int stride;
  private final int[] first;
  private final int[] count;
  private float[] weights = new float[0];
  private long[] packedWeights = new long[0];
  private double[] exact = new double[0];

  FilterTable(Interpolation interpolation, int outputSize) {
    this.interpolation = interpolation;
    this.outputSize = outputSize;
    this.first = new int[outputSize];
    this.count = new int[outputSize];
  }

  /**
   * Computes the weights for a box; arrays are used again.
   *
   * @param newOffset where the box begins in its first pixel, in [0, 1)
   * @param newSize of the box in pixels, not always a whole number
   * @param newInputSize pixels that the box touches
   */
  void prepare(double newOffset, double newSize, int newInputSize) {
    if (newOffset == offset && newSize == size && newInputSize == inputSize) {
      return;
    }
    offset = newOffset;
    size = newSize;
    inputSize = newInputSize;
    double scale = size / outputSize;
    double filterScale = Math.max(scale, 1);
    double support = interpolation.support() * filterScale;
    stride = (int) Math.ceil(support) * 2 + 1;
    if (weights.length < stride * outputSize) {
      weights = new float[stride * outputSize];
      packedWeights = new long[stride * outputSize];
    }
    if (exact.length < stride) {
      exact = new double[stride];
    }
    for (int i = 0; i < outputSize; i++) {
      prepareOutput(i, offset + (i + 0.5) * scale, support, 1 / filterScale);
    }
  }

  private void prepareOutput(int i, double center, double support, double inverseScale) {
    int begin = Math.max((int) (center - support + 0.5), 0);
    int end = Math.min((int) (center + support + 0.5), inputSize);
    double sum = 0;
    for (int t = 0; t < end - begin; t++) {
      exact[t] = interpolation.weight((t + begin - center + 0.5) * inverseScale);
      sum += exact[t];
    }
    first[i] = begin;
    count[i] = end - begin;
    double norm = sum == 0 ? 1 : 1 / sum;
    int packedSum = 0;
    int largest = 0;
    for (int t = 0; t < end - begin; t++) {
      double weight = exact[t] * norm;
      weights[i * stride + t] = (float) weight;
      int packed = (int) Math.rint(weight * PACKED_ONE);
      packedWeights[i * stride + t] = packed;
      packedSum += packed;
      largest = exact[t] > exact[largest] ? t : largest;
    }
    // What rounding lost or added goes to the largest weight: an even area stays as it is.
    packedWeights[i * stride + largest] += PACKED_ONE - packedSum;
  }

  int first(int output) {
    return first[output];
  }

  int count(int output) {
    return count[output];
  }

  int stride() {
    return stride;
  }

  float[] weights() {
    return weights;
  }

  long[] packedWeights() {
    return packedWeights;
  }
}
