package io.viewstream.imaging.augment;

/** The check that every probability of a setting passes. */
final class Probabilities {

  private Probabilities() {}

  static void check(String what, double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "Probability of " + what + " is " + probability + ", outside [0, 1]");
    }
  }
}
