package io.viewstream.trainer.feed;

import io.viewstream.imaging.augment.CounterRandom;

/**
 * When a slot holds a synthetic view, and which. The paper's rule is {@code MixingRule.of(SECOND,
 * p)}: the first view is always real, the second one synthetic with probability p, then any of the
 * image's views with equal chance, drawn once per image and epoch.
 *
 * @param slot which slots may hold synthetic views
 * @param firstProbability of a synthetic view in the first slot where the rule is {@code both}; of
 *     one in the slot or slots concerned where it is another
 * @param secondProbability of a synthetic view in the second slot where the rule is {@code both};
 *     equal to the first where it is another
 * @param pairing whose view it is; for another image's only one slot may be synthetic
 */
public record MixingRule(
    SyntheticSlot slot, double firstProbability, double secondProbability, Pairing pairing) {

  /** Only real images. */
  public static final MixingRule REAL_ONLY = of(SyntheticSlot.SECOND, 0);

  private static final int FIRST_CHANCE = 0;
  private static final int SECOND_CHANCE = 1;
  private static final int FIRST_VIEW = 2;
  private static final int SECOND_VIEW = 3;
  private static final int WHICH_SLOT = 4;

  /**
   * Checks the probabilities.
   *
   * @throws IllegalArgumentException if one is not in [0, 1], or they differ where one counts, or
   *     both slots could hold another image
   */
  public MixingRule {
    check(firstProbability);
    check(secondProbability);
    if (slot != SyntheticSlot.BOTH && firstProbability != secondProbability) {
      throw new IllegalArgumentException(
          "Two generative probabilities, "
              + firstProbability
              + " and "
              + secondProbability
              + ", need --synthetic-slot both, not "
              + slot);
    }
    if (pairing != Pairing.OWN && slot == SyntheticSlot.BOTH) {
      throw new IllegalArgumentException(
          "Pairing "
              + pairing
              + " with synthetic slot both would leave no view of the image itself; use"
              + " first, second or either");
    }
  }

  /** A rule for an image's own views. */
  public MixingRule(SyntheticSlot slot, double firstProbability, double secondProbability) {
    this(slot, firstProbability, secondProbability, Pairing.OWN);
  }

  /** The same with other partners. */
  public MixingRule withPairing(Pairing other) {
    return new MixingRule(slot, firstProbability, secondProbability, other);
  }

  /** A rule with one probability. */
  public static MixingRule of(SyntheticSlot slot, double probability) {
    return new MixingRule(slot, probability, probability);
  }

  /** The part of all views, over both slots, that is synthetic if every image has views. */
  public double requestedFraction() {
    return switch (slot) {
      case FIRST, SECOND, EITHER -> firstProbability / 2;
      case BOTH -> (firstProbability + secondProbability) / 2;
    };
  }

  /**
   * Chooses for one image.
   *
   * @param key names the image, epoch and seed; made by {@link CounterRandom#key}
   * @param available how many views there are to choose from
   * @return the same choice for the same arguments, always
   */
  public ViewChoice choose(long key, int available) {
    return switch (slot) {
      case FIRST -> new ViewChoice(first(key, available), ViewChoice.REAL);
      case SECOND -> new ViewChoice(ViewChoice.REAL, second(key, available));
      case BOTH -> both(key, available);
      case EITHER -> either(key, available);
    };
  }

  private int first(long key, int available) {
    return CounterRandom.chance(key, FIRST_CHANCE, firstProbability)
        ? view(key, FIRST_VIEW, available)
        : ViewChoice.REAL;
  }

  private int second(long key, int available) {
    return CounterRandom.chance(key, SECOND_CHANCE, secondProbability)
        ? view(key, SECOND_VIEW, available)
        : ViewChoice.REAL;
  }

  private ViewChoice both(long key, int available) {
    int first = first(key, available);
    if (first < 0) {
      return new ViewChoice(first, second(key, available));
    }
    // One of the others, uniformly: those from the first's place on move up by one.
    int second = second(key, available - 1);
    return new ViewChoice(first, second >= first ? second + 1 : second);
  }

  private ViewChoice either(long key, int available) {
    if (!CounterRandom.chance(key, FIRST_CHANCE, firstProbability)) {
      return new ViewChoice(ViewChoice.REAL, ViewChoice.REAL);
    }
    int view = view(key, FIRST_VIEW, available);
    return CounterRandom.chance(key, WHICH_SLOT, 0.5)
        ? new ViewChoice(view, ViewChoice.REAL)
        : new ViewChoice(ViewChoice.REAL, view);
  }

  private static int view(long key, int index, int available) {
    return available > 0 ? CounterRandom.below(key, index, available) : ViewChoice.FALLBACK;
  }

  private static void check(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "Generative probability " + probability + " lies outside [0, 1]");
    }
  }
}
