package io.viewstream.trainer.feed;

/** What becomes of the images that are left when an epoch's last batch is not full. */
public enum Tail {
  /** They are left out of this epoch; which ones changes from epoch to epoch. */
  DROP,
  /** The batch is filled up with the first images of the epoch's order, augmented anew. */
  WRAP
}
