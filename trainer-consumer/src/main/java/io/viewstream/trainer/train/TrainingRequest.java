package io.viewstream.trainer.train;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.trainer.feed.WindowSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * What a training service is asked for.
 *
 * @param connection cluster and registry
 * @param preset values of a training that begins
 * @param overrides values that the user gives; a training that goes on or is repeated must agree
 *     with them
 * @param start how to begin
 * @param checkpointFolder for checkpoints and the manifest
 * @param cache of what is read from Kafka
 * @param waitForViews how many images must be settled before a training begins, if any
 * @param waitTimeout how long to wait for them; training then begins without the rest
 * @param engine device and threads
 * @param checkpointInterval how much work a crash may cost
 * @param reading how topics are read
 */
public record TrainingRequest(
    ConnectionSettings connection,
    SettingValues preset,
    SettingValues overrides,
    Start start,
    Path checkpointFolder,
    Cache cache,
    OptionalInt waitForViews,
    Duration waitTimeout,
    EngineChoice engine,
    Duration checkpointInterval,
    Reading reading) {

  /** A request that reads in the usual way. */
  public TrainingRequest(
      ConnectionSettings connection,
      SettingValues preset,
      SettingValues overrides,
      Start start,
      Path checkpointFolder,
      Cache cache,
      OptionalInt waitForViews,
      Duration waitTimeout,
      EngineChoice engine,
      Duration checkpointInterval) {
    this(
        connection,
        preset,
        overrides,
        start,
        checkpointFolder,
        cache,
        waitForViews,
        waitTimeout,
        engine,
        checkpointInterval,
        Reading.USUAL);
  }

  /** How much work a crash may cost, unless told otherwise. */
  public static final Duration DEFAULT_CHECKPOINT_INTERVAL = Duration.ofSeconds(30);

  /** How long images without views are waited for, unless told otherwise. */
  public static final Duration DEFAULT_WAIT_TIMEOUT = Duration.ofMinutes(10);

  /** How a training begins. */
  public sealed interface Start {

    /** From nothing. */
    record Fresh() implements Start {}

    /** Where the newest checkpoint of the folder left it. */
    record Resume() implements Start {}

    /**
     * From nothing, with settings and horizons of a recorded training.
     *
     * @param manifest of that training
     */
    record Replay(Path manifest) implements Start {}
  }

  /**
   * The local cache of images and views.
   *
   * @param folder where
   * @param sizeBytes how much it may hold
   */
  public record Cache(Path folder, long sizeBytes) {}

  /**
   * How topics are read.
   *
   * @param windowTimeout how long an image of continuous mode waits for the others of its window
   * @param allowRetention accept topics that lose records by age or size
   */
  public record Reading(Duration windowTimeout, boolean allowRetention) {

    /** Two seconds, and no losses. */
    public static final Reading USUAL = new Reading(WindowSettings.DEFAULT_TIMEOUT, false);
  }

  /**
   * What computes.
   *
   * @param device cpu or cuda:N
   * @param threads inside one operation, or 0 for the engine's own choice; a training that goes on
   *     or is repeated takes the recorded number then
   */
  public record EngineChoice(String device, int threads) {

    /** The CPU with the engine's own number of threads. */
    public static final EngineChoice CPU = new EngineChoice("cpu", 0);
  }
}
