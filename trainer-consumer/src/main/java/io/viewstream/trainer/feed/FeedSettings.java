package io.viewstream.trainer.feed;

import io.viewstream.imaging.augment.AugmentationSet;
import io.viewstream.imaging.augment.Normalisation;
import java.util.Optional;

/**
 * How a feed makes batches. All but the two numbers of threads and batches decide what is in them.
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
 * @param syntheticAugmentation how slots are augmented that hold no view of their own real image,
 *     if otherwise than the rest
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
    int prefetchBatches,
    Optional<AugmentationSet> syntheticAugmentation) {

  /** Batches prepared ahead unless another number is given. */
  public static final int DEFAULT_PREFETCH_BATCHES = 2;

  /** Checks the numbers. */
  public FeedSettings {
    positive("Batch size", batchSize);
    positive("Resolution", resolution);
    positive("Number of decoding threads", decodingThreads);
    positive("Number of prefetched batches", prefetchBatches);
  }

  /** Settings with one augmentation for all. */
  public FeedSettings(
      int batchSize,
      int resolution,
      Tail tail,
      AugmentationSet augmentation,
      Normalisation normalisation,
      MixingRule mixing,
      long seed,
      int decodingThreads,
      int prefetchBatches) {
    this(
        batchSize,
        resolution,
        tail,
        augmentation,
        normalisation,
        mixing,
        seed,
        decodingThreads,
        prefetchBatches,
        Optional.empty());
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
        prefetchBatches,
        syntheticAugmentation);
  }

  /** The same with another augmentation for slots that hold no view of their own real image. */
  public FeedSettings withSyntheticAugmentation(Optional<AugmentationSet> other) {
    return new FeedSettings(
        batchSize,
        resolution,
        tail,
        augmentation,
        normalisation,
        mixing,
        seed,
        decodingThreads,
        prefetchBatches,
        other);
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
        prefetchBatches,
        syntheticAugmentation);
  }

  private static void positive(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " is " + value + "; it must be at least 1");
    }
  }
}
