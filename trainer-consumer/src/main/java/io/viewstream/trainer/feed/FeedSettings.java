package io.viewstream.trainer.feed;

import io.viewstream.imaging.augment.AugmentationSet;
import io.viewstream.imaging.augment.Normalisation;

/**
 * How a feed makes batches. All but the last two values decide what is in them.
 *
 * @param batchSize images in one global batch
 * @param resolution height and width of the views in pixels
 * @param tail what becomes of images that do not fill a batch
 * @param augmentation how views are augmented
 * @param normalisation how their values are normalised
 * @param mixing when views are synthetic
 * @param seed of order, choice of views and augmentation
 * @param decodingThreads threads that decode and augment; changes the speed and nothing else
 * @param prefetchBatches batches that are prepared ahead of the one in use; bounds the memory
 */
public record FeedSettings(
    int batchSize,
    int resolution,
    Tail tail,
    AugmentationSet augmentation,
    Normalisation normalisation,
    MixingRule mixing,
    long seed,
    int decodingThreads,
    int prefetchBatches) {

  /** Batches prepared ahead unless another number is given. */
  public static final int DEFAULT_PREFETCH_BATCHES = 2;

  /** Checks the numbers. */
  public FeedSettings {
    positive("Batch size", batchSize);
    positive("Resolution", resolution);
    positive("Number of decoding threads", decodingThreads);
    positive("Number of prefetched batches", prefetchBatches);
  }

  /**
   * Settings with the usual values of what is rarely changed: the tail dropped, ImageNet's
   * normalisation, one decoding thread for each processor.
   */
  public static FeedSettings of(
      int batchSize, int resolution, AugmentationSet augmentation, MixingRule mixing, long seed) {
    return new FeedSettings(
        batchSize,
        resolution,
        Tail.DROP,
        augmentation,
        Normalisation.IMAGENET,
        mixing,
        seed,
        Runtime.getRuntime().availableProcessors(),
        DEFAULT_PREFETCH_BATCHES);
  }

  /** The same with another number of threads. */
  public FeedSettings withDecodingThreads(int threads) {
    return new FeedSettings(
        batchSize,
        resolution,
        tail,
        augmentation,
        normalisation,
        mixing,
        seed,
        threads,
        prefetchBatches);
  }

  /** The same with another treatment of the tail. */
  public FeedSettings withTail(Tail other) {
    return new FeedSettings(
        batchSize,
        resolution,
        other,
        augmentation,
        normalisation,
        mixing,
        seed,
        decodingThreads,
        prefetchBatches);
  }

  private static void positive(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " is " + value + "; it must be at least 1");
    }
  }
}
