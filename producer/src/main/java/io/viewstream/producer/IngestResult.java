package io.viewstream.producer;

import io.viewstream.kafka.command.JsonReport;
import io.viewstream.schemas.ErrorCategory;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came of an ingest. Every image and dead letter that is counted was acknowledged by the
 * brokers.
 *
 * @param dataset first part of the image ids
 * @param sourceImages images sent to source-images
 * @param deadLetters dead letters by category; a category without any is absent
 * @param firstRejected the first few files that became dead letters
 * @param hiddenFiles hidden files that were passed over
 * @param bytes encoded size of the images sent
 * @param elapsed from the first file to the last acknowledgement
 * @param interrupted whether the end was asked for before the source was at its end
 */
public record IngestResult(
    String dataset,
    long sourceImages,
    Map<ErrorCategory, Long> deadLetters,
    List<RejectedImage> firstRejected,
    long hiddenFiles,
    long bytes,
    Duration elapsed,
    boolean interrupted) {
  /** How many rejected files a result names. */
  public static final int NAMED_REJECTIONS = 20;

  /**
   * A file that became a dead letter.
   *
   * @param path path within the source
   * @param message one line that says what is wrong
   */
  public record RejectedImage(String path, ErrorCategory category, String message) {}

  /** Copies the collections. */
  public IngestResult {
    EnumMap<ErrorCategory, Long> copy = new EnumMap<>(ErrorCategory.class);
    copy.putAll(deadLetters);
    deadLetters = Collections.unmodifiableMap(copy);
    firstRejected = List.copyOf(firstRejected);
  }

  /** Dead letters of all categories. */
  public long deadLetterCount() {
    return deadLetters.values().stream().mapToLong(Long::longValue).sum();
  }

  private double perSecond(long amount) {
    return amount / Math.max(1e-9, elapsed.toNanos() / 1e9);
  }

  /** The result under the keys of the command line's reports. */
  public JsonReport report() {
    Map<String, Long> categories = new TreeMap<>();
    deadLetters.forEach((category, count) -> categories.put(category.name(), count));
    return new JsonReport()
        .put("dataset", dataset)
        .put("sourceImages", sourceImages)
        .put("deadLetters", deadLetterCount())
        .put("deadLettersByCategory", categories)
        .put("hiddenFiles", hiddenFiles)
        .put("bytes", bytes)
        .put("seconds", elapsed.toNanos() / 1e9)
        .put("imagesPerSecond", perSecond(sourceImages))
        .put("bytesPerSecond", perSecond(bytes))
        .put("interrupted", interrupted);
  }

  /** The result in lines for a person. */
  public String summary() {
    StringBuilder text = new StringBuilder();
    text.append(
        "%s%d images of %s ingested in %.1f s (%.0f images/s, %.1f MB/s)"
            .formatted(
                interrupted ? "Interrupted: " : "",
                sourceImages,
                dataset,
                elapsed.toNanos() / 1e9,
                perSecond(sourceImages),
                perSecond(bytes) / 1e6));
    if (hiddenFiles > 0) {
      text.append("; hidden files passed over: " + hiddenFiles);
    }
    if (deadLetterCount() > 0) {
      text.append("\nDead letters: " + deadLetterCount());
      for (RejectedImage rejected : firstRejected) {
        text.append(
            "%n  %s: %s (%s)".formatted(rejected.path(), rejected.message(), rejected.category()));
      }
      if (deadLetterCount() > firstRejected.size()) {
        text.append("\n  … and %d more".formatted(deadLetterCount() - firstRejected.size()));
      }
    }
    return text.toString();
  }
}
