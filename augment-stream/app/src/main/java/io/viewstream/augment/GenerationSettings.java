package io.viewstream.augment;

import io.viewstream.augment.internal.RunIdentity;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import java.util.Optional;

/**
 * How the generation stage is run.
 *
 * @param connection cluster, registry and topics
 * @param generator name of a generator in the box, or path of a model package
 * @param engine that runs a model package; OnnxRuntime when empty
 * @param views views of each source record (K), from 1 to {@link #MAX_VIEWS}
 * @param run name of the run; made of generator, views, seed and encoding when empty
 * @param seed of the run; another seed makes other views
 * @param threads stream threads, at least 1; more than the source topic has partitions are not
 *     started
 * @param viewEncoding how views are encoded; chosen by the size of the views when empty
 * @param fromBeginning whether a new run begins with the oldest source record, or with those that
 *     come after its start; a run that was there before always goes on where it stopped
 * @param allowRetention whether topics that lose records by age or size are accepted
 * @param allowLongTransactions whether readers may have to wait for more than a minute after a
 *     crash, because few threads serve many partitions with a slow generator
 */
public record GenerationSettings(
    ConnectionSettings connection,
    String generator,
    Optional<String> engine,
    int views,
    Optional<String> run,
    long seed,
    int threads,
    Optional<ViewEncoding> viewEncoding,
    boolean fromBeginning,
    boolean allowRetention,
    boolean allowLongTransactions) {

  /** The generator that is used when none is named. */
  public static final String DEFAULT_GENERATOR = "photometric";

  /** Views of each source record when nothing else is asked for. */
  public static final int DEFAULT_VIEWS = 4;

  /** Views of each source record at most: all views of one are held in memory at once. */
  public static final int MAX_VIEWS = 1_024;

  /**
   * Threads when nothing else is asked for: one for each of the 16 partitions that topics have by
   * default. They mostly wait for the model. A thread with one task has the shortest transaction
   * timeout, which is how long readers wait after a crash.
   */
  public static final int DEFAULT_THREADS = 16;

  /**
   * Checks the numbers and the run's name.
   *
   * @throws CommandException when a number is out of range or the name not legal
   */
  public GenerationSettings {
    if (views < 1) {
      throw CommandException.usage("--views is " + views + ", must be at least 1");
    }
    if (views > MAX_VIEWS) {
      throw CommandException.usage("--views is " + views + ", must be at most " + MAX_VIEWS);
    }
    if (threads < 1) {
      throw CommandException.usage("--threads is " + threads + ", must be at least 1");
    }
    run.ifPresent(RunIdentity::requireLegalName);
  }

  /** The defaults for a data plane. */
  public static GenerationSettings defaults(ConnectionSettings connection) {
    return new GenerationSettings(
        connection,
        DEFAULT_GENERATOR,
        Optional.empty(),
        DEFAULT_VIEWS,
        Optional.empty(),
        0,
        DEFAULT_THREADS,
        Optional.empty(),
        true,
        false,
        false);
  }

  /** The same with another generator. */
  public GenerationSettings withGenerator(String otherGenerator) {
    return new GenerationSettings(
        connection,
        otherGenerator,
        engine,
        views,
        run,
        seed,
        threads,
        viewEncoding,
        fromBeginning,
        allowRetention,
        allowLongTransactions);
  }

  /** The same with another number of views, seed and number of threads. */
  public GenerationSettings with(int otherViews, long otherSeed, int otherThreads) {
    return new GenerationSettings(
        connection,
        generator,
        engine,
        otherViews,
        run,
        otherSeed,
        otherThreads,
        viewEncoding,
        fromBeginning,
        allowRetention,
        allowLongTransactions);
  }

  /** The same under a name. */
  public GenerationSettings withRun(String name) {
    return new GenerationSettings(
        connection,
        generator,
        engine,
        views,
        Optional.of(name),
        seed,
        threads,
        viewEncoding,
        fromBeginning,
        allowRetention,
        allowLongTransactions);
  }
}
