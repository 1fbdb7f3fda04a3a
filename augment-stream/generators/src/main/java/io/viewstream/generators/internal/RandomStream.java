package io.viewstream.generators.internal;

/**
 * The random numbers of one purpose of one view, in order. Streams of the same seed and different
 * numbers are independent of each other, so a purpose that draws more does not shift another's
 * numbers.
 *
 * <p>The n-th block has the counter (n, stream). For one thread.
 */
public final class RandomStream {

  private final long seed;
  private final long stream;
  private final int[] block = new int[Philox4x32.WORDS];
  // Where reading stands: the next block to compute, and the next word of the current one.
  private long nextBlock;
  private int nextWord = Philox4x32.WORDS;

  /**
   * Opens a stream at its beginning.
   *
   * @param seed of the view
   * @param stream the purpose, any number that the generator fixes for it
   */
  public RandomStream(long seed, long stream) {
    this.seed = seed;
    this.stream = stream;
  }

  /** The next 32 random bits. */
  public int nextInt() {
    if (nextWord == Philox4x32.WORDS) {
      Philox4x32.block(seed, nextBlock++, stream, block);
      nextWord = 0;
    }
    return block[nextWord++];
  }

  /** The next number of the open interval (0, 1), in steps of 2⁻³². */
  public double nextUniform() {
    return ((nextInt() & 0xFFFFFFFFL) + 0.5) * 0x1p-32;
  }

  /** The next number between two bounds, uniformly. */
  public double nextUniform(double low, double high) {
    return low + (high - low) * nextUniform();
  }

  /** True in one half of the cases. */
  public boolean nextBoolean() {
    return nextInt() < 0;
  }
}
