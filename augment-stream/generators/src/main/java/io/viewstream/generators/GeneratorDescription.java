package io.viewstream.generators;

import java.time.Duration;

/**
 * What a generator is and how it likes to be called.
 *
 * @param id names the generator in every view, for example {@code photometric}; part of the seed
 * @param version of its model or algorithm; changes whenever its views change; part of the seed
 * @param summary one sentence for a reader, for example how the model was trained
 * @param outputSize the size of its views
 * @param bestBatchSize the number of requests per call at which it is most efficient, at least 1
 * @param callDeadline how long one call of {@code bestBatchSize} requests may take before the
 *     engine is taken for hung, above zero
 * @param licence of the model, as an SPDX identifier where there is one
 */
public record GeneratorDescription(
    String id,
    String version,
    String summary,
    OutputSize outputSize,
    int bestBatchSize,
    Duration callDeadline,
    String licence) {

  /** For models that are not slow. */
  public static final Duration DEFAULT_CALL_DEADLINE = Duration.ofSeconds(5);

  public GeneratorDescription {
    if (id.isBlank() || version.isBlank()) {
      throw new IllegalArgumentException(
          "Generator id \"" + id + "\" and version \"" + version + "\" must not be blank");
    }
    if (bestBatchSize < 1) {
      throw new IllegalArgumentException(
          "Best batch size of generator " + id + " is " + bestBatchSize + ", must be at least 1");
    }
    if (!callDeadline.isPositive()) {
      throw new IllegalArgumentException(
          "Call deadline of generator " + id + " is " + callDeadline + ", must be above zero");
    }
  }

  /** The same with another deadline. */
  public GeneratorDescription withCallDeadline(Duration otherDeadline) {
    return new GeneratorDescription(
        id, version, summary, outputSize, bestBatchSize, otherDeadline, licence);
  }
}
