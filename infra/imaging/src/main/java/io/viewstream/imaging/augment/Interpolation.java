package io.viewstream.imaging.augment;

/**
 * Kernels of {@link ResizedCrop}; when it reduces, they are widened by the factor (antialiasing).
 */
public enum Interpolation {
  /** A triangle over two pixels. */
  BILINEAR(1) {
    @Override
    double weight(double distance) {
      double x = Math.abs(distance);
      return x < 1 ? 1 - x : 0;
    }
  },
  /** The cubic of Keys (1981) with a = -0.5, over four pixels. */
  BICUBIC(2) {
    @Override
    double weight(double distance) {
      double x = Math.abs(distance);
      if (x < 1) {
        return ((KEYS_A + 2) * x - (KEYS_A + 3)) * x * x + 1;
      }
      if (x < 2) {
        return (((x - 5) * x + 8) * x - 4) * KEYS_A;
      }
      return 0;
    }
  };

  private static final double KEYS_A = -0.5;

  /** Distance in pixels from which on the weight is 0. */
  private final double support;

  Interpolation(double support) {
    this.support = support;
  }

  double support() {
    return support;
  }

  abstract double weight(double distance);
}
