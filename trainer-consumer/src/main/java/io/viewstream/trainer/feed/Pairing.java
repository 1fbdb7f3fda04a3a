package io.viewstream.trainer.feed;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Whose picture stands in a slot that the {@link MixingRule} makes synthetic. All but the first are
 * controls of an experiment: they tell what a view owes to the image that it was made from.
 */
public enum Pairing {
  /** A view that was generated from the image itself: the paper's rule. */
  OWN,
  /** A view that was generated from another image, any with equal chance. It must do harm. */
  OTHER_IMAGE,
  /**
   * Another real image of the same class, any with equal chance: as good as a generator could be
   * that knew the class and nothing else of the image. Needs labels. An image that is alone in its
   * class falls back to itself.
   */
  SAME_CLASS;

  /**
   * The pairing of that name, as users write it.
   *
   * @throws IllegalArgumentException naming the known ones if there is none
   */
  public static Pairing named(String name) {
    return Arrays.stream(values())
        .filter(pairing -> pairing.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Pairing '%s' is none of %s"
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(Pairing::toString)
                                .collect(Collectors.joining(", ")))));
  }

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
