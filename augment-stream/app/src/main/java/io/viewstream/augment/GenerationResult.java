package io.viewstream.augment;

import io.viewstream.kafka.command.JsonReport;

/**
 * What one instance of the stage did.
 *
 * <p>The counts are of what this instance handed to Kafka. After an aborted transaction Streams
 * repeats the work, and it is counted again; what readers see is counted by {@link
 * SyntheticViewAudit}.
 *
 * @param run name of the run
 * @param sourceImages source records that got their views
 * @param syntheticViews views
 * @param deadLetters source records given up
 * @param seconds from the start of the stream threads
 * @param cpuSeconds of the whole process over the same time
 * @param model how the generator was called
 */
public record GenerationResult(
    String run,
    long sourceImages,
    long syntheticViews,
    long deadLetters,
    double seconds,
    double cpuSeconds,
    ModelUse model) {

  /** Views per second of running time. */
  public double viewsPerSecond() {
    return seconds > 0 ? syntheticViews / seconds : 0;
  }

  /** What came after an earlier result of the same instance. */
  public GenerationResult since(GenerationResult earlier) {
    return new GenerationResult(
        run,
        sourceImages - earlier.sourceImages,
        syntheticViews - earlier.syntheticViews,
        deadLetters - earlier.deadLetters,
        seconds - earlier.seconds,
        cpuSeconds - earlier.cpuSeconds,
        model.since(earlier.model));
  }

  /** What an instance of the same run did at this time and at another one. */
  public GenerationResult plus(GenerationResult other) {
    return new GenerationResult(
        run,
        sourceImages + other.sourceImages,
        syntheticViews + other.syntheticViews,
        deadLetters + other.deadLetters,
        seconds + other.seconds,
        cpuSeconds + other.cpuSeconds,
        model.plus(other.model));
  }

  /** The result under the keys of the command line's reports. */
  public JsonReport report() {
    return new JsonReport()
        .put("run", run)
        .put("sourceImages", sourceImages)
        .put("syntheticViews", syntheticViews)
        .put("deadLetters", deadLetters)
        .put("seconds", seconds)
        .put("cpuSeconds", cpuSeconds)
        .put("viewsPerSecond", viewsPerSecond())
        .put("batchFill", model.batchFill())
        .put("meanCallMillis", model.meanCallMillis());
  }
}
