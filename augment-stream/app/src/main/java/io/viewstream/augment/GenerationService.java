package io.viewstream.augment;

import com.sun.management.OperatingSystemMXBean;
import io.viewstream.augment.internal.CloseSequence;
import io.viewstream.augment.internal.GenerationMetrics;
import io.viewstream.augment.internal.RunIdentity;
import io.viewstream.augment.internal.RunOffsets;
import io.viewstream.augment.internal.SourceBacklog;
import io.viewstream.augment.internal.StageParts;
import io.viewstream.augment.internal.StreamsFailure;
import io.viewstream.augment.internal.StreamsSettings;
import io.viewstream.generators.Generator;
import io.viewstream.generators.Generators;
import io.viewstream.generators.InvalidPackageException;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.GenerationRuns;
import io.viewstream.kafka.TopicAdministrator;
import io.viewstream.kafka.TopicAdministrator.TopicState;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Progress;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.schemas.Topic;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
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
  private final RunOffsets offsets;
  private final GenerationMetrics metrics;
  private final CloseSequence closing;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final long startNanos = System.nanoTime();
  private final long startCpuNanos = processCpuNanos();
  // What the stage did until it was closed; null while it runs.
  private @Nullable GenerationResult result;

  private GenerationService(
      ConnectionSettings connection,
      GenerationRun run,
      RunOffsets offsets,
      GenerationMetrics metrics,
      CloseSequence closing) {
    this.connection = connection;
    this.run = run;
    this.offsets = offsets;
    this.metrics = metrics;
    this.closing = closing;
  }

  /**
   * Checks topics, generator and run, and starts the stream threads. Returns before they have their
   * partitions.
   *
   * @throws CommandException when topics are missing or not fit, the generator cannot be opened, or
   *     the run's name is taken by a run with other settings
   */
  public static GenerationService start(GenerationSettings settings) {
    Map<Topic, TopicState> topics = verifiedTopics(settings);
    try {
      return start(settings, topics, Generators.open(settings.generator(), settings.engine()));
    } catch (InvalidPackageException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The same with a generator that the caller has opened.
   *
   * @param generator owned: closed with the service, and when this fails
   */
  static GenerationService start(GenerationSettings settings, Generator generator) {
    Map<Topic, TopicState> topics;
    try {
      topics = verifiedTopics(settings);
    } catch (RuntimeException e) {
      generator.close();
      throw e;
    }
    return start(settings, topics, generator);
  }

  private static Map<Topic, TopicState> verifiedTopics(GenerationSettings settings) {
    try (TopicAdministrator administrator = new TopicAdministrator(settings.connection())) {
      Map<Topic, TopicState> topics = administrator.verify(List.of(Topic.values()), settings.allowRetention());
      TopicState source = state(topics, Topic.SOURCE_IMAGES);
      for (Topic target : List.of(Topic.SYNTHETIC_VIEWS, Topic.DEAD_LETTERS)) {
        TopicState state = state(topics, target);
        if (state.partitions() < source.partitions()) {
          throw CommandException.failed(
              "Topic "
                  + state.name()
                  + " has "
                  + state.partitions()
                  + " partitions, fewer than the "
                  + source.partitions()
                  + " of "
                  + source.name()
                  + ", whose partition numbers views keep; add partitions to it");
        }
      }
      return topics;
    }
  }

  private static TopicState state(Map<Topic, TopicState> topics, Topic topic) {
    TopicState state = topics.get(topic);
    if (state == null) {
      throw new IllegalStateException("Topic " + topic + " was verified, but has no state");
    }
    return state;
  }

  private static GenerationService start(
      GenerationSettings settings, Map<Topic, TopicState> topics, Generator generator) {
    CloseSequence closing = new CloseSequence();
    closing.first(generator::close);
    try {
      return start(settings, topics, generator, closing);
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
      Map<Topic, TopicState> topics,
      Generator generator,
      CloseSequence closing) {
    ConnectionSettings connection = settings.connection();
    RunIdentity identity =
        RunIdentity.of(
            settings.run(),
            generator.description(),
            settings.views(),
            settings.seed(),
            settings
                .viewEncoding()
                .orElseGet(() -> ViewEncoding.defaultFor(generator.description().outputSize())));
    TopicState source = state(topics, Topic.SOURCE_IMAGES);
    StreamsSettings streamsSettings =
        new StreamsSettings(
            identity.applicationId(connection.topics().prefix()),
            settings.threads(),
            source.partitions(),
            generator.description().callDeadline(),
            settings.allowLongTransactions());

    Admin admin = Admin.create(connection.kafkaProperties());
    closing.first(admin::close);
    RunOffsets offsets = new RunOffsets(connection, admin, streamsSettings.applicationId());
    GenerationRun run = declare(settings, identity, offsets, source.id().toString());

    GenerationMetrics metrics = new GenerationMetrics(run.getRun());
    closing.first(metrics::close);
    StageParts parts =
        new StageParts(
            connection.topics(),
            source.id().toString(),
            maxMessageBytes(state(topics, Topic.SYNTHETIC_VIEWS)),
            connection.schemaRegistry(),
            identity,
            generator,
            metrics,
            InstantSource.system(),
            System::nanoTime);
    KafkaStreams streams =
        new KafkaStreams(
            parts.topology(),
            new StreamsConfig(streamsSettings.properties(connection.kafkaProperties())));
    GenerationService service =
        new GenerationService(connection, run, offsets, metrics, closing);
    service.run(streams, streamsSettings);
    return service;
  }

  private static int maxMessageBytes(TopicState topic) {
    return Integer.parseInt(
        topic
            .configuration()
            .getOrDefault("max.message.bytes", Integer.toString(Topic.MAX_MESSAGE_BYTES)));
  }

  /** Makes the run known and sees to it that it has the offsets to begin with. */
  private static GenerationRun declare(
      GenerationSettings settings,
      RunIdentity identity,
      RunOffsets offsets,
      String sourceTopicId) {
    // Records keep milliseconds; a finer time would never equal what is read back.
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    GenerationRun run =
        new GenerationRuns(settings.connection()).declare(identity.declaration(now));
    boolean isNew = run.getStartedAt().equals(now);
    if (offsets.committed().isEmpty() && offsets.idle()) {
      if (!isNew) {
        offsets.recover(run.getRun(), sourceTopicId);
      } else if (!settings.fromBeginning()) {
        offsets.startAtEnd();
      }
    }
    return run;
  }

  private void run(KafkaStreams streams, StreamsSettings settings) {
    Duration limit = CLOSE_LIMIT.plus(settings.callDeadline().multipliedBy(2));
    closing.first(() -> close(streams, limit));
    streams.setUncaughtExceptionHandler(
        thrown -> {
          failure.compareAndSet(null, thrown);
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    streams.setStateListener(
        (newState, oldState) -> {
          if (newState == KafkaStreams.State.ERROR || newState == KafkaStreams.State.NOT_RUNNING) {
            ended.countDown();
          }
        });
    streams.start();
    LOG.info(
        "Run {} started: {}, {} threads for {} partitions",
        run.getRun(),
        GenerationRuns.describe(run),
        settings.threads(),
        settings.partitions());
  }

  private void close(KafkaStreams streams, Duration limit) {
    boolean stopped =
        streams.close(
            CloseOptions.timeout(limit)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    if (!stopped) {
      throw CommandException.failed(
          "Run '"
              + run.getRun()
              + "' did not stop within "
              + limit.toSeconds()
              + " s; what was not committed is done again at the next start");
    }
    LOG.info("Run {} stopped", run.getRun());
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
        requireRunning();
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
   * Waits until the end is asked for. Shows progress on standard error.
   *
   * @throws CommandException when the stage failed
   */
  public void awaitStop(ShutdownSignal stop) throws InterruptedException {
    try (Progress progress = Progress.start("generate", OptionalLong.empty(), "views")) {
      while (!stop.await(LOOK)) {
        requireRunning();
        progress.update(metrics.views(), metrics.deadLetters() + " dead letters");
      }
    }
  }

  private void requireRunning() {
    if (ended.getCount() > 0) {
      return;
    }
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw StreamsFailure.of(run.getRun(), thrown);
    }
    throw CommandException.failed("Run '" + run.getRun() + "' is stopped");
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
        (System.nanoTime() - startNanos) / 1e9,
        (processCpuNanos() - startCpuNanos) / 1e9);
  }

  private static long processCpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }

  /**
   * Lets each thread finish its record, commits, and leaves the group, so that other instances take
   * the partitions over at once. Does nothing the second time.
   *
   * @throws CommandException when the threads did not end in time
   */
  @Override
  public void close() {
    closing.close();
    if (result == null) {
      result = resultNow();
    }
  }
}
