package io.viewstream.augment;

import io.viewstream.kafka.command.JsonReport;
import java.util.Locale;

/**
 * What {@link FileGeneration} did.
 *
 * @param sourceImages images that got their views
 * @param syntheticViews files written
 * @param failedImages files that are no usable image, or whose views failed
 * @param seconds from the first image to the last
 */
public record FileGenerationResult(
    long sourceImages, long syntheticViews, long failedImages, double seconds) {

  /** Views per second. */
  public double viewsPerSecond() {
    return seconds > 0 ? syntheticViews / seconds : 0;
  }

  /** One line for a person. */
  public String summary() {
    return String.format(
        Locale.ROOT,
        "%d views of %d images, %d images failed, %.1f s, %.1f views/s",
        syntheticViews,
        sourceImages,
        failedImages,
        seconds,
        viewsPerSecond());
  }

  /** The result under the keys of the command line's reports. */
  public JsonReport report() {
    return new JsonReport()
        .put("sourceImages", sourceImages)
        .put("syntheticViews", syntheticViews)
        .put("failedImages", failedImages)
        .put("seconds", seconds)
        .put("viewsPerSecond", viewsPerSecond());
  }
}
