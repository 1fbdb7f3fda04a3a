package io.viewstream.trainer.feed;

import java.time.Duration;

/**
 * How an endless feed is cut into windows. All but the last value decide what is in batches.
 *
 * @param stepImages images of one step: those of a global batch, times the batches of a step
 * @param windowImages images that have to arrive for a new window, a multiple of {@code stepImages}
 * @param shuffleBuffer images that a window draws from at most, a multiple of {@code windowImages};
 *     over both stands how often each image is drawn
 * @param timeout how long the oldest image that arrived may wait for the others; then a window
 *     begins with as many whole steps as there are
 */
public record WindowSettings(
    int stepImages, int windowImages, int shuffleBuffer, Duration timeout) {

  /** How long an image waits for the others of its window, unless told otherwise. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if they do not fit each other
   */
  public WindowSettings {
    if (stepImages < 1 || windowImages < stepImages || windowImages % stepImages != 0) {
      throw new IllegalArgumentException(
          "window-images is %d; it must be a multiple of the images of a step, which are %d"
              .formatted(windowImages, stepImages));
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
