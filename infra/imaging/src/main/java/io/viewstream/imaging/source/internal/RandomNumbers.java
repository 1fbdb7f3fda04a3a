package io.viewstream.imaging.source.internal;

/**
 * SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014). Our
 * own, since a picture must be the same whatever the Java release. Used by one thread.
 */
final class RandomNumbers {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  RandomNumbers(long seed) {
    this.state = seed;
  }

  /** A seed made of two numbers; far apart for neighbours. */
  static long mix(long a, long b) {
    return mix64(mix64(a + GOLDEN_GAMMA) + b + GOLDEN_GAMMA);
  }

  private static long mix64(long z) {
    long y = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    y = (y ^ (y >>> 27)) * 0x94d049bb133111ebL;
    return y ^ (y >>> 31);
  }

  long nextLong() {
    state += GOLDEN_GAMMA;
    return mix64(state);
  }

  /** Uniform in [low, high). */
  double uniform(double low, double high) {
    return low + (high - low) * ((nextLong() >>> 11) * 0x1.0p-53);
  }

  /** Uniform in 0 to bound − 1. */
  int index(int bound) {
    return (int) Math.unsignedMultiplyHigh(nextLong(), bound);
  }

  boolean coin() {
    return nextLong() < 0;
  }
}
