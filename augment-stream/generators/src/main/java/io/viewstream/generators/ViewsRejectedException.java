package io.viewstream.generators;

import java.util.List;

/**
 * One view of a record failed every attempt, so the record has no views. What to do next: one dead
 * letter for the record.
 */
public class ViewsRejectedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int viewIndex;
  private final transient List<String> reasons;

  /**
   * Creates the exception.
   *
   * @param viewIndex the first view that could not be made
   * @param reasons why, one per attempt in order
   */
  public ViewsRejectedException(int viewIndex, List<String> reasons) {
    super(
        "View "
            + viewIndex
            + " was rejected in all "
            + reasons.size()
            + " attempts: "
            + String.join("; ", reasons));
    this.viewIndex = viewIndex;
    this.reasons = List.copyOf(reasons);
  }

  public int viewIndex() {
    return viewIndex;
  }

  /** One per attempt, in order. */
  public List<String> reasons() {
    return reasons;
  }
}
