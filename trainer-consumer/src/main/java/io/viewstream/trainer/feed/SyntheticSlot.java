package io.viewstream.trainer.feed;

import java.util.Locale;

/** Which slots of a mixed batch may hold synthetic views. */
public enum SyntheticSlot {
  /** The first, with the rule's probability. */
  FIRST,
  /** The second, with the rule's probability: the paper's rule. */
  SECOND,
  /** Both, drawn independently; never the same view in both. */
  BOTH,
  /** With the rule's probability exactly one of the two, each as often as the other. */
  EITHER;

  /**
   * The slot of that name, in lower case as users write it.
   *
   * @throws IllegalArgumentException naming the known ones if there is none
   */
  public static SyntheticSlot named(String name) {
    for (SyntheticSlot slot : values()) {
      if (slot.toString().equals(name)) {
        return slot;
      }
    }
    throw new IllegalArgumentException(
        "Synthetic slot '" + name + "' is none of first, second, both, either");
  }

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
