package io.viewstream.generators;

import java.time.Duration;

/**
 * How a {@link BatchingGenerator} joins calls.
 *
 * @param callers how many threads may call at once, at least 1; when all of them wait the batch
 *     closes, since nobody is left to join
 * @param linger how long an image waits for others to join; longer means fuller batches and slower
 *     answers
 * @param queueCapacity the most images that wait, at least the generator's best batch; further
 *     callers are held until there is room
 * @param drainDeadline how long {@link BatchingGenerator#close} lets queued calls finish
 */
public record BatchingSettings(
    int callers, Duration linger, int queueCapacity, Duration drainDeadline) {

  /** Long enough for threads that decode small images to meet, short beside a model's call. */
  public static final Duration DEFAULT_LINGER = Duration.ofMillis(2);

  /** Room for the work that is under way when a service stops. */
  public static final Duration DEFAULT_DRAIN_DEADLINE = Duration.ofSeconds(10);

  /** Batches that may wait behind the one in the engine. */
  private static final int QUEUED_BATCHES = 4;

  public BatchingSettings {
    if (callers < 1) {
      throw new IllegalArgumentException("Callers are " + callers + ", must be at least 1");
    }
    if (linger.isNegative()) {
      throw new IllegalArgumentException("Linger is " + linger + ", must not be negative");
    }
    if (!drainDeadline.isPositive()) {
      throw new IllegalArgumentException(
          "Drain deadline is " + drainDeadline + ", must be above zero");
    }
  }

  /** The usual settings for a generator that this many threads share. */
  public static BatchingSettings forCallers(int callers, GeneratorDescription description) {
    return new BatchingSettings(
        callers,
        DEFAULT_LINGER,
        QUEUED_BATCHES * description.bestBatchSize(),
        DEFAULT_DRAIN_DEADLINE);
  }
}
