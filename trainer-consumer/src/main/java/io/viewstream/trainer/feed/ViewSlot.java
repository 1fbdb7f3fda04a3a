package io.viewstream.trainer.feed;

/** The two positions of a mixed batch. An image has one view in each. */
public enum ViewSlot {
  /** The first view. In the paper's rule it is always a real image. */
  FIRST,
  /** The second view. In the paper's rule it is a synthetic view with probability p. */
  SECOND
}
