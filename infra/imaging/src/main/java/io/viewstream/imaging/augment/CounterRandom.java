package io.viewstream.imaging.augment;

/**
 * A counter-based random function: a draw is a pure function of a key and an index. There is no
 * state, so draws can be taken in any order, on any thread, and taking more of one kind never
 * shifts those of another.
 *
 * <p>It is SplitMix64 (Steele, Lea, Flood 2014) addressed by index instead of stepped: draw i of
 * key k is {@code mix(k + (i + 1) * gamma)}. Statistically good, not for cryptography. The numbers
 * are part of the contract: a change here changes every augmentation and every order ever recorded.
 */
public final class CounterRandom {

  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final double UNIT_53_BITS = 0x1.0p-53;

  private CounterRandom() {}

  /** Folds one more word into a key; start with any constant. The order of words matters. */
  public static long key(long key, long word) {
    return mix(mix(key + GAMMA) ^ (word * GAMMA + 0x632BE59BD9B4E019L));
  }

  /** 64 random bits. */
  public static long bits(long key, int index) {
    return mix(key + (index + 1L) * GAMMA);
  }

  /** Uniform in [0, 1), with 53 bits. */
  public static double unit(long key, int index) {
    return (bits(key, index) >>> 11) * UNIT_53_BITS;
  }

  /** Uniform in [low, high). */
  public static double uniform(long key, int index, double low, double high) {
    return low + (high - low) * unit(key, index);
  }

  /** True with the given probability: never for 0, always for 1. */
  public static boolean chance(long key, int index, double probability) {
    return unit(key, index) < probability;
  }

  /**
   * Uniform in [0, bound). The bias is at most bound / 2^64.
   *
   * @param bound at least 1
   */
  public static int below(long key, int index, int bound) {
    return (int) Math.unsignedMultiplyHigh(bits(key, index), bound);
  }

  /** A bijection of 64 bits in which every input bit changes half of the output bits. */
  public static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
