package io.viewstream.generators.internal;

/**
 * Philox4x32-10: a function from a 64-bit key and a 128-bit counter to 128 random bits.
 *
 * <p>There is no state to carry, so the numbers of one view depend on its own seed alone and any
 * part of them can be computed first. Algorithm and constants: J. K. Salmon, M. A. Moraes, R. O.
 * Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. Only integer arithmetic
 * is used, hence the same bits on every machine.
 */
public final class Philox4x32 {

  /** Words of one block. */
  public static final int WORDS = 4;

  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;

  /** Weyl sequence of the key: golden ratio and square root of three minus one. */
  private static final int KEY_STEP_0 = 0x9E3779B9;

  private static final int KEY_STEP_1 = 0xBB67AE85;
  private static final long LOW_32_BITS = 0xFFFFFFFFL;

  private Philox4x32() {}

  /**
   * Computes one block.
   *
   * @param key the first key word in its low 32 bits, the second in its high 32 bits
   * @param counterLow the first counter word in its low, the second in its high 32 bits
   * @param counterHigh the third counter word in its low, the fourth in its high 32 bits
   * @param block receives the four words
   */
  public static void block(long key, long counterLow, long counterHigh, int[] block) {
    int key0 = (int) key;
    int key1 = (int) (key >>> 32);
    int word0 = (int) counterLow;
    int word1 = (int) (counterLow >>> 32);
    int word2 = (int) counterHigh;
    int word3 = (int) (counterHigh >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (word0 & LOW_32_BITS);
      long product1 = MULTIPLIER_1 * (word2 & LOW_32_BITS);
      word0 = (int) (product1 >>> 32) ^ word1 ^ key0;
      word1 = (int) product1;
      word2 = (int) (product0 >>> 32) ^ word3 ^ key1;
      word3 = (int) product0;
      key0 += KEY_STEP_0;
      key1 += KEY_STEP_1;
    }
    block[0] = word0;
    block[1] = word1;
    block[2] = word2;
    block[3] = word3;
  }
}
