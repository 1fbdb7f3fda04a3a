package io.viewstream.trainer.feed;

/**
 * Where the views of one slot came from; the three add up to the views of the slot.
 *
 * @param real real images, because the mixing rule asked for them
 * @param synthetic synthetic views, as the mixing rule asked
 * @param fallback real images although the mixing rule asked for a synthetic view, because the
 *     image had none at the horizon
 */
public record SlotCounts(long real, long synthetic, long fallback) {

  /** Nothing counted yet. */
  public static final SlotCounts NONE = new SlotCounts(0, 0, 0);

  /** The sum of both. */
  public SlotCounts plus(SlotCounts other) {
    return new SlotCounts(
        real + other.real, synthetic + other.synthetic, fallback + other.fallback);
  }

  /** All views of the slot. */
  public long total() {
    return real + synthetic + fallback;
  }

  /** The part of the views that is synthetic, in [0, 1]; 0 when nothing was counted. */
  public double syntheticFraction() {
    return total() == 0 ? 0 : (double) synthetic / total();
  }
}
