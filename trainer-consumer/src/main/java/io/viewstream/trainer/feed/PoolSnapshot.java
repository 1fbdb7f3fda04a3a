package io.viewstream.trainer.feed;

import io.viewstream.trainer.feed.internal.Frame;
import java.util.function.LongFunction;

/**
 * The images of the pool at one horizon, each with its views, in the order of the hashes of their
 * ids. Immutable; any thread may use it while the pool is open. Two snapshots at the same horizon
 * and of the same runs are equal in all they say, whatever was in the pool besides.
 */
public final class PoolSnapshot {

  private final long[] hashes;
  private final long[] sources;
  private final int[] firstView;
  private final long[] views;
  private final long contentHash;
  private final RecordTimes recordTimes;
  private final LongFunction<Frame> frames;

  /**
   * Takes over the arrays.
   *
   * @param hashes hash of each image's id, ascending
   * @param sources location of each image's source record
   * @param firstView for each image the position of its first view in {@code views}, and one more
   *     entry for their end
   * @param views locations of the views, by image, then run, then view index
   * @param contentHash hash over all images, their content and their number of views
   * @param recordTimes when the images' records were made
   * @param frames reads the frame at a location
   */
  public PoolSnapshot(
      long[] hashes,
      long[] sources,
      int[] firstView,
      long[] views,
      long contentHash,
      RecordTimes recordTimes,
      LongFunction<Frame> frames) {
    this.hashes = hashes;
    this.sources = sources;
    this.firstView = firstView;
    this.views = views;
    this.frames = frames;
    this.contentHash = contentHash;
    this.recordTimes = recordTimes;
  }

  /** Number of images. */
  public int size() {
    return hashes.length;
  }

  /** Number of views of all images together. */
  public long totalViews() {
    return views.length;
  }

  /** Hash of an image's id. */
  public long hash(int image) {
    return hashes[image];
  }

  /** The real image. */
  public StoredImage source(int image) {
    return new StoredImage(frames.apply(sources[image]));
  }

  /** How many views an image has. */
  public int viewCount(int image) {
    return firstView[image + 1] - firstView[image];
  }

  /** One view of an image; views are in the order of the chosen runs, then of their indexes. */
  public StoredImage view(int image, int view) {
    if (view < 0 || view >= viewCount(image)) {
      throw new IndexOutOfBoundsException(
          "View " + view + " of an image that has " + viewCount(image));
    }
    return new StoredImage(frames.apply(views[firstView[image] + view]));
  }

  /** When the images' records were made. */
  public RecordTimes recordTimes() {
    return recordTimes;
  }

  /** A hash over all images, their content and their number of views, to tell snapshots apart. */
  public long contentHash() {
    return contentHash;
  }
}
