package io.viewstream.trainer.feed;

/**
 * Which slice of every global batch one trainer takes.
 *
 * <p>All ranks of a world compute the same global batches; rank r takes the r-th of {@code
 * worldSize} equal, contiguous slices of each.
 *
 * @param index this trainer's number, from 0 to {@code worldSize - 1}
 * @param worldSize how many trainers share each global batch, at least 1
 */
public record Rank(int index, int worldSize) {

  /** The one trainer that takes whole batches. */
  public static final Rank SINGLE = new Rank(0, 1);

  /**
   * Checks that the index lies inside the world.
   *
   * @throws IllegalArgumentException if it does not
   */
  public Rank {
    if (worldSize < 1 || index < 0 || index >= worldSize) {
      throw new IllegalArgumentException(
          "Rank " + index + " lies outside a world of " + worldSize + "; ranks count from 0");
    }
  }

  /**
   * This rank's share of a global batch.
   *
   * @param globalBatchSize images in one global batch
   * @return images in this rank's slice
   * @throws IllegalArgumentException if the ranks' slices would not be equal
   */
  public int sliceSize(int globalBatchSize) {
    if (globalBatchSize < 1 || globalBatchSize % worldSize != 0) {
      throw new IllegalArgumentException(
          "Batch size "
              + globalBatchSize
              + " cannot be shared equally by "
              + worldSize
              + " ranks; choose a positive multiple of "
              + worldSize);
    }
    return globalBatchSize / worldSize;
  }
}
