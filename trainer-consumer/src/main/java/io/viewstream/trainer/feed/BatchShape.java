package io.viewstream.trainer.feed;

/**
 * The shape of both slots of every batch that a feed hands to its rank: float32 [batchSize, 3,
 * height, width].
 *
 * @param batchSize images in this rank's slice of a global batch
 * @param height height of each view in pixels
 * @param width width of each view in pixels
 */
public record BatchShape(int batchSize, int height, int width) {

  /** Colour channels of a view: red, green, blue, in this order. */
  public static final int CHANNELS = 3;

  /**
   * Checks that every dimension is positive and that a slot fits one buffer.
   *
   * @throws IllegalArgumentException if not
   */
  public BatchShape {
    if (batchSize < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "Batch of " + batchSize + " views of " + width + " x " + height + " is empty");
    }
    long sizeBytes = (long) batchSize * CHANNELS * height * width * Float.BYTES;
    if (sizeBytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Batch of "
              + batchSize
              + " views of "
              + width
              + " x "
              + height
              + " takes "
              + sizeBytes
              + " bytes in one slot, more than the limit of "
              + Integer.MAX_VALUE
              + "; lower the batch size or the resolution");
    }
  }

  /** Values of one view: 3 x height x width. */
  public int valuesPerView() {
    return CHANNELS * height * width;
  }

  /** Size of one slot of a batch in bytes. */
  public int slotSizeBytes() {
    return batchSize * valuesPerView() * Float.BYTES;
  }
}
