package io.viewstream.trainer.feed;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.trainer.feed.internal.BatchPipeline;
import io.viewstream.trainer.feed.internal.SampleOrder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mixed batches from a pool, in epochs or, where the pool has no end, in windows, which are called
 * epochs here as well.
 *
 * <p>When an epoch is opened, its horizon is read from the manifest, or taken and written there
 * first. The images visible at the horizon are sorted by the hash of their ids, permuted by seed
 * and epoch, and cut into global batches; this feed's rank makes its slice of each. For each image
 * the {@link MixingRule} says which slots hold which of its views; both are decoded, augmented and
 * written straight into the buffer that the engine reads.
 *
 * <p><b>What is equal.</b> With the same settings and the same manifest every batch is the same,
 * bit by bit: however many threads decode, whenever records arrived, whatever was appended since,
 * and from whichever batch the epoch was opened. The slices of all ranks together are the batch
 * that a single rank gets.
 *
 * <p>An image that cannot be decoded is replaced by the next one of the order and counted; when
 * they are more than one in a hundred of the epoch's samples (of windows: of the samples of many),
 * the feed fails.
 */
public final class MixedBatchFeed implements BatchFeed {

  private static final Logger logger = LoggerFactory.getLogger(MixedBatchFeed.class);

  private final HorizonPool pool;
  private final RunManifest manifest;
  private final FeedSettings settings;
  private final Rank rank;
  private final BatchPipeline pipeline;
  private final ReplacementLimit replacements;
  private @Nullable OpenEpoch openEpoch;

  /**
   * Starts the decoding threads.
   *
   * @param pool where images come from; borrowed, to be closed after the feed
   * @param manifest where horizons are written and read; borrowed
   * @param settings what batches are like
   * @param rank which slice of them this feed makes
   * @throws IllegalArgumentException if the ranks cannot share the batch equally
   */
  public MixedBatchFeed(HorizonPool pool, RunManifest manifest, FeedSettings settings, Rank rank) {
    this.pool = pool;
    this.manifest = manifest;
    this.settings = settings;
    this.rank = rank;
    this.replacements = new ReplacementLimit(pool.minReplacementSamples());
    this.pipeline = new BatchPipeline(settings, rank, new ImageDecoder());
  }

  @Override
  public BatchShape shape() {
    return pipeline.shape();
  }

  @Override
  public Rank rank() {
    return rank;
  }

  @Override
  public EpochFeed openEpoch(int epoch, int firstBatch) throws InterruptedException {
    if (openEpoch != null) {
      throw new IllegalStateException("Epoch " + openEpoch.epoch() + " is still open");
    }
    EpochHorizon recorded = manifest.horizon(epoch).orElse(null);
    Horizon horizon = recorded == null ? pool.freezeHorizon() : recorded.horizon();
    PoolSnapshot snapshot = pool.snapshotAt(horizon);
    SampleOrder order = order(snapshot, epoch);
    if (firstBatch < 0 || firstBatch > order.batchCount()) {
      throw new IllegalArgumentException(
          "Epoch " + epoch + " has no batch " + firstBatch + "; it has " + order.batchCount());
    }
    if (recorded == null) {
      manifest.append(
          new EpochHorizon(
              epoch,
              horizon,
              snapshot.size(),
              snapshot.totalViews(),
              order.batchCount(),
              snapshot.contentHash()));
    } else {
      checkSame(recorded, snapshot);
    }
    logger.info(
        "Epoch {} opened at batch {} of {}: {} images, {} views{}",
        epoch,
        firstBatch,
        order.batchCount(),
        snapshot.size(),
        snapshot.totalViews(),
        recorded == null ? "" : ", as recorded");
    OpenEpoch opened = new OpenEpoch(epoch, snapshot.size(), order.batchCount());
    pipeline.begin(epoch, snapshot, order, firstBatch);
    openEpoch = opened;
    return opened;
  }

  private SampleOrder order(PoolSnapshot snapshot, int epoch) {
    if (snapshot.size() == 0) {
      throw new FeedException("There are no images to train on; run `viewstream produce` first");
    }
    SampleOrder order =
        new SampleOrder(
            snapshot.size(), settings.batchSize(), settings.tail(), settings.seed(), epoch);
    if (order.batchCount() == 0) {
      throw new FeedException(
          "There are "
              + snapshot.size()
              + " images, fewer than one batch of "
              + settings.batchSize()
              + "; lower --batch-size");
    }
    return order;
  }

  private static void checkSame(EpochHorizon recorded, PoolSnapshot snapshot) {
    if (recorded.images() != snapshot.size()
        || recorded.views() != snapshot.totalViews()
        || recorded.contentHash() != snapshot.contentHash()) {
      throw new FeedException(
          "Epoch "
              + recorded.epoch()
              + " was recorded with "
              + recorded.images()
              + " images and "
              + recorded.views()
              + " views, but its horizon now shows "
              + snapshot.size()
              + " and "
              + snapshot.totalViews()
              + " (content "
              + (recorded.contentHash() == snapshot.contentHash() ? "equal" : "different")
              + "); check --views-from and that no records were lost");
    }
  }

  /** Ends the threads and frees the buffers. Every batch must have been closed. */
  @Override
  public void close() {
    openEpoch = null;
    pipeline.close();
  }

  /** The epoch that is open. */
  private final class OpenEpoch implements EpochFeed {

    private final int epoch;
    private final int imageCount;
    private final int batchCount;
    private EpochCounts counts = EpochCounts.NONE;

    OpenEpoch(int epoch, int imageCount, int batchCount) {
      this.epoch = epoch;
      this.imageCount = imageCount;
      this.batchCount = batchCount;
    }

    @Override
    public int epoch() {
      return epoch;
    }

    @Override
    public int imageCount() {
      return imageCount;
    }

    @Override
    public int batchCount() {
      return batchCount;
    }

    @Override
    public @Nullable MixedBatch next() throws InterruptedException {
      if (openEpoch != this) {
        throw new IllegalStateException("Epoch " + epoch + " was closed");
      }
      BatchPipeline.Filled filled = pipeline.next();
      if (filled == null) {
        return null;
      }
      counts = counts.plus(filled.batch(), filled.replaced());
      try {
        replacements.check(epoch, samples(), counts.replacedImages());
      } catch (FeedException e) {
        filled.batch().close();
        throw e;
      }
      return filled.batch();
    }

    @Override
    public EpochCounts counts() {
      return counts;
    }

    @Override
    public void close() {
      if (openEpoch == this) {
        openEpoch = null;
        pipeline.end();
        replacements.finish(samples(), counts.replacedImages());
      }
    }

    private long samples() {
      return (long) batchCount * shape().batchSize();
    }
  }
}
