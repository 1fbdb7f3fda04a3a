package io.viewstream.trainer.feed;

/**
 * What the mixing rule chose for one image: for each slot a view's index among the image's
 * available views, or {@link #REAL} or {@link #FALLBACK}.
 *
 * @param first choice for the first slot
 * @param second choice for the second slot
 */
public record ViewChoice(int first, int second) {

  /** The real image, as the rule wanted. */
  public static final int REAL = -1;

  /** The real image, since the rule wanted a view and there was none. */
  public static final int FALLBACK = -2;
}
