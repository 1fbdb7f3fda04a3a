package io.viewstream.trainer.ssl.loss;

final class Temperatures {

  private Temperatures() {}

  static void requirePositive(double temperature) {
    if (!(temperature > 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException(
          "The temperature is %s; it must be greater than 0 (usual are 0.1 to 0.5)"
              .formatted(temperature));
    }
  }
}
