package io.viewstream.imaging.augment;

/**
 * The weights that scale one axis from one size to another: output i is the sum of {@code weights[i
 * * stride + t] * input[first[i] + t]} over t in 0..count[i]-1. Weights are fixed-point numbers of
 * {@value #PRECISION_BITS} fractional bits, rounded as PIL rounds them, so that results are equal
 * to its own.
 */
final class FilterTable {

  /** 32 bits less 8 for the value and 2 for the sum of a filter with negative lobes. */
  static final int PRECISION_BITS = 32 - 8 - 2;

  private final Interpolation interpolation;
  private final int outputSize;
  private int inputSize;
  private int stride;
  private final int[] first;
  private final int[] count;
  private int[] weights = new int[0];
  private double[] exact = new double[0];

  FilterTable(Interpolation interpolation, int outputSize) {
    this.interpolation = interpolation;
    this.outputSize = outputSize;
    this.first = new int[outputSize];
    this.count = new int[outputSize];
  }

  /** Computes the weights for an input of that many pixels; arrays are used again. */
  void prepare(int newInputSize) {
    if (newInputSize == inputSize) {
      return;
    }
    inputSize = newInputSize;
    double scale = (double) inputSize / outputSize;
    double filterScale = Math.max(scale, 1);
    double support = interpolation.support() * filterScale;
    stride = (int) Math.ceil(support) * 2 + 1;
    if (weights.length < stride * outputSize) {
      weights = new int[stride * outputSize];
    }
    if (exact.length < stride) {
      exact = new double[stride];
    }
    for (int i = 0; i < outputSize; i++) {
      prepareOutput(i, (i + 0.5) * scale, support, 1 / filterScale);
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
    for (int t = 0; t < end - begin; t++) {
      double weight = (sum == 0 ? exact[t] : exact[t] / sum) * (1 << PRECISION_BITS);
      weights[i * stride + t] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
    }
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

  int[] weights() {
    return weights;
  }
}
