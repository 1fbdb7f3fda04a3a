package io.viewstream.augment;

import io.viewstream.augment.internal.CloseSequence;
import io.viewstream.augment.internal.GenerationMetrics;
import io.viewstream.augment.internal.MeteredGenerator;
import io.viewstream.augment.internal.RunOffsets;
import io.viewstream.augment.internal.RunningStreams;
import io.viewstream.augment.internal.SourceBacklog;
import io.viewstream.augment.internal.StageClock;
import io.viewstream.augment.internal.StageParts;
import io.viewstream.augment.internal.StagePlan;
import io.viewstream.generators.BatchingGenerator;
import io.viewstream.generators.BatchingSettings;
import io.viewstream.generators.DeviceFailedException;
import io.viewstream.generators.Generator;
import io.viewstream.generators.Generators;
import io.viewstream.generators.InvalidPackageException;
import io.viewstream.generators.WaitingClock;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.GenerationRuns;
import io.viewstream.kafka.TopicAdministrator.TopicState;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Progress;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.schemas.SourceRecord;
import io.viewstream.schemas.Topic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running instance of the generation stage. More instances of the same run share its work.
 *
 * <pre>{@code
 * try (GenerationService service = GenerationService.start(settings)) {
 *   service.awaitCaughtUp(stop);
 * }
 * }</pre>
 *
 * <p>Methods are for the thread that started it.
 */
public final class GenerationService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GenerationService.class);
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

  private final ConnectionSettings connection;
  private final GenerationRun run;
  private final RunningStreams streams;
  private final RunOffsets offsets;
  private final GenerationMetrics metrics;
  private final CloseSequence closing;
  private final StageClock clock = new StageClock();
  // What the stage did until it was closed; null while it runs.
  private @Nullable GenerationResult result;

  private GenerationService(
      ConnectionSettings connection,
      GenerationRun run,
      RunningStreams streams,
      RunOffsets offsets,
      GenerationMetrics metrics,
      CloseSequence closing) {
    this.connection = connection;
    this.run = run;
    this.streams = streams;
    this.offsets = offsets;
    this.metrics = metrics;
    this.closing = closing;
  }

  /**
   * Checks topics, generator and run, and starts the stream threads. Returns before they have their
   * partitions. When a call of the generator exceeds its deadline the process ends: a native call
   * cannot be cancelled.
   *
   * @throws CommandException when topics are missing or not fit, the generator cannot be opened, or
   *     the run's name is taken by a run with other settings
   */
  public static GenerationService start(GenerationSettings settings) {
    try {
      // Before half a minute may be spent on a broker that does not answer.
      Generators.requireKnown(settings.generator());
      Map<Topic, TopicState> topics = StagePlan.verifiedTopics(settings);
      Generator generator = Generators.open(settings.generator(), settings.engine());
      return start(settings, topics, generator, GenerationService::halt);
    } catch (InvalidPackageException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()), e);
    }
  }

  /** Ends the process at once, as is due when a call of the generator exceeds its deadline. */
  public static void halt(DeviceFailedException overrun) {
    System.err.println(
        overrun.getMessage() + "; the process ends, what was not committed is done again");
    Runtime.getRuntime().halt(CommandException.FAILED);
  }

  /**
   * The same with a generator that the caller has opened, whatever the settings name.
   *
   * @param generator owned: closed with the service, and when this fails
   * @param deadlineAction runs once, on a stream thread, when a call exceeds its deadline
   */
  public static GenerationService start(
      GenerationSettings settings,
      Generator generator,
      Consumer<DeviceFailedException> deadlineAction) {
    Map<Topic, TopicState> topics;
    try {
      topics = StagePlan.verifiedTopics(settings);
    } catch (RuntimeException e) {
      generator.close();
      throw e;
    }
    return start(settings, topics, generator, deadlineAction);
  }

  private static GenerationService start(
      GenerationSettings settings,
      Map<Topic, TopicState> topics,
      Generator generator,
      Consumer<DeviceFailedException> deadlineAction) {
    StagePlan plan;
    GenerationMetrics metrics;
    try {
      plan = StagePlan.of(settings, topics, generator.description());
      metrics = new GenerationMetrics(plan.run().name());
    } catch (RuntimeException e) {
      generator.close();
      throw e;
    }
    CloseSequence closing = new CloseSequence();
    closing.first(metrics::close);
    try {
      BatchingGenerator shared =
          BatchingGenerator.start(
              new MeteredGenerator(generator, metrics, System::nanoTime),
              BatchingSettings.forCallers(plan.streams().startedThreads(), generator.description()),
              WaitingClock.SYSTEM,
              deadlineAction);
      closing.first(shared::close);
      return start(settings, plan, shared, metrics, closing);
    } catch (RuntimeException e) {
      try {
        closing.close();
      } catch (RuntimeException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  private static GenerationService start(
      GenerationSettings settings,
      StagePlan plan,
      Generator generator,
      GenerationMetrics metrics,
      CloseSequence closing) {
    ConnectionSettings connection = settings.connection();
    Admin admin = connection.open(() -> Admin.create(connection.kafkaProperties()));
    closing.first(admin::close);
    RunOffsets offsets = new RunOffsets(connection, admin, plan.streams().applicationId());
    GenerationRun run = declare(settings, plan, offsets);
    StageParts parts =
        new StageParts(
            connection.topics(),
            plan.sourceTopicId(),
            plan.maxViewMessageBytes(),
            connection.schemaRegistry(),
            plan.run(),
            generator,
            metrics,
            InstantSource.system(),
            System::nanoTime);
    KafkaStreams streams =
        connection.open(
            () ->
                new KafkaStreams(
                    parts.topology(),
                    new StreamsConfig(plan.streams().properties(connection.kafkaProperties()))));
    Duration closeLimit = CLOSE_LIMIT.plus(plan.streams().recordDeadline().multipliedBy(2));
    RunningStreams running = RunningStreams.start(run.getRun(), streams, closeLimit);
    closing.first(running::close);
    LOG.info(
        "Run {} started: {}, {} threads for {} partitions",
        run.getRun(),
        GenerationRuns.describe(run),
        plan.streams().startedThreads(),
        plan.streams().partitions());
    return new GenerationService(connection, run, running, offsets, metrics, closing);
  }

  /** Makes the run known and sees to it that it has the offsets to begin with. */
  private static GenerationRun declare(
      GenerationSettings settings, StagePlan plan, RunOffsets offsets) {
    // Records keep milliseconds; a finer time would never equal what is read back.
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    List<SourceRecord> beginsAt =
        settings.fromBeginning() ? List.of() : offsets.ends(plan.sourceTopicId());
    GenerationRun run =
        new GenerationRuns(settings.connection()).declare(plan.run().declaration(now, beginsAt));
    if (offsets.committed().isEmpty() && offsets.idle()) {
      boolean isNew = run.getStartedAt().equals(now);
      offsets.restore(run, plan.sourceTopicId(), !isNew);
    }
    return run;
  }

  /** What is generated. */
  public GenerationRun run() {
    return run;
  }

  /**
   * Waits until the run has committed all source records that there are at the time of the call, or
   * the end is asked for. Shows progress on standard error.
   *
   * @return whether the run has caught up
   * @throws CommandException when the stage failed
   */
  public boolean awaitCaughtUp(ShutdownSignal stop) throws InterruptedException {
    SourceBacklog backlog = new SourceBacklog(connection, offsets);
    long total = backlog.remaining();
    try (Progress progress = Progress.start("generate", OptionalLong.of(total), "images")) {
      while (true) {
        streams.requireRunning();
        long remaining = backlog.refresh();
        progress.update(total - remaining, metrics.views() + " views, lag " + remaining);
        if (remaining == 0) {
          return true;
        }
        if (stop.await(LOOK)) {
          return false;
        }
      }
    }
  }

  /**
   * Waits until this instance has settled so many source records, with views or a dead letter, or
   * the end is asked for.
   *
   * @return whether it has
   * @throws CommandException when the stage failed
   */
  public boolean awaitSettled(long records, ShutdownSignal stop) throws InterruptedException {
    while (metrics.settled() + metrics.deadLetters() < records) {
      streams.requireRunning();
      if (stop.await(LOOK)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Waits until the end is asked for. Shows progress on standard error.
   *
   * @throws CommandException when the stage failed
   */
  public void awaitStop(ShutdownSignal stop) throws InterruptedException {
    try (Progress progress = Progress.start("generate", OptionalLong.empty(), "views")) {
      while (!stop.await(LOOK)) {
        streams.requireRunning();
        progress.update(
            metrics.views(),
            metrics.deadLetters() + " dead letters, lag " + streams.lag() + " images");
      }
    }
  }

  /** What the stage did so far, or until it was closed. */
  public GenerationResult result() {
    return result == null ? resultNow() : result;
  }

  private GenerationResult resultNow() {
    return new GenerationResult(
        run.getRun(),
        metrics.settled(),
        metrics.views(),
        metrics.deadLetters(),
        clock.seconds(),
        clock.cpuSeconds(),
        metrics.model());
  }

  /**
   * Lets each thread finish its record, commits, and leaves the group, so that other instances take
   * the partitions over at once. Does nothing the second time.
   *
   * @throws CommandException when the threads did not end in time
   */
  @Override
  public void close() {
    if (result == null) {
      closing.close();
      result = resultNow();
      LOG.info("Run {} stopped", run.getRun());
    }
  }
}
