package io.viewstream.trainer.feed;

import java.time.Duration;

/**
 * How an endless feed is cut into windows. All but the last value decide what is in batches.
 *
 * @param batchSize images in one global batch
 * @param windowImages images that have to arrive for a new window, a multiple of the batch size
 * @param shuffleBuffer images that a window draws from at most, a multiple of {@code windowImages};
 *     over both stands how often each image is drawn
 * @param timeout how long the oldest image that arrived may wait for the others; then a window
 *     begins with as many whole batches as there are
 */
public record WindowSettings(int batchSize, int windowImages, int shuffleBuffer, Duration timeout) {

  /** How long an image waits for the others of its window, unless told otherwise. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if they do not fit each other
   */
  public WindowSettings {
    if (batchSize < 1 || windowImages < batchSize || windowImages % batchSize != 0) {
      throw new IllegalArgumentException(
          "window-images is %d; it must be a multiple of batch-size, which is %d"
              .formatted(windowImages, batchSize));
    }
    if (shuffleBuffer < windowImages || shuffleBuffer % windowImages != 0) {
      throw new IllegalArgumentException(
          "shuffle-buffer is %d; it must be a multiple of window-images, which is %d"
              .formatted(shuffleBuffer, windowImages));
    }
    if (timeout.isNegative()) {
      throw new IllegalArgumentException(
          "window-timeout is %s; it must be at least 0".formatted(timeout));
    }
  }

  /** In how many windows each image is drawn, once in each. */
  public int passes() {
    return shuffleBuffer / windowImages;
  }
}
