package io.viewstream.trainer.feed;

/**
 * What went into the batches of an epoch, or of a part of it.
 *
 * @param batches batches handed out
 * @param first origin of the views in the first slot
 * @param second origin of the views in the second slot
 * @param replacedImages images that failed to decode and were replaced by another one
 */
public record EpochCounts(int batches, SlotCounts first, SlotCounts second, long replacedImages) {

  /** Nothing handed out yet. */
  public static final EpochCounts NONE = new EpochCounts(0, SlotCounts.NONE, SlotCounts.NONE, 0);

  /** The counts with one more batch. */
  public EpochCounts plus(MixedBatch batch, long newlyReplacedImages) {
    return new EpochCounts(
        batches + 1,
        first.plus(batch.counts(ViewSlot.FIRST)),
        second.plus(batch.counts(ViewSlot.SECOND)),
        replacedImages + newlyReplacedImages);
  }

  /** The sum of both. */
  public EpochCounts plus(EpochCounts other) {
    return new EpochCounts(
        batches + other.batches,
        first.plus(other.first),
        second.plus(other.second),
        replacedImages + other.replacedImages);
  }
}
