package io.viewstream.augment.internal;

import io.viewstream.kafka.command.CommandException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Metric;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream threads of a run. What they cannot deal with themselves ends all threads of this
 * instance, with the failed thread's transaction aborted, and is told to who asks. Methods are for
 * one thread.
 */
public final class RunningStreams implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningStreams.class);

  private final String run;
  private final KafkaStreams streams;
  private final Duration closeLimit;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  private RunningStreams(String run, KafkaStreams streams, Duration closeLimit) {
    this.run = run;
    this.streams = streams;
    this.closeLimit = closeLimit;
  }

  /**
   * Starts the threads.
   *
   * @param run its name
   * @param streams owned, not started yet
   * @param closeLimit how long the threads may take to end
   */
  public static RunningStreams start(String run, KafkaStreams streams, Duration closeLimit) {
    RunningStreams running = new RunningStreams(run, streams, closeLimit);
    streams.setUncaughtExceptionHandler(
        thrown -> {
          running.failure.compareAndSet(null, thrown);
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    streams.setStateListener(
        (newState, oldState) -> {
          LOG.debug("Run {}: {}, was {}", run, newState, oldState);
          if (newState == KafkaStreams.State.ERROR || newState == KafkaStreams.State.NOT_RUNNING) {
            running.ended.countDown();
          }
        });
    streams.start();
    return running;
  }

  /**
   * Does nothing while the threads run.
   *
   * <p>One failed thread is enough: Streams calls itself failed only when the last of the others
   * has ended, and one that is stuck would keep the reason from whoever asks for ever.
   *
   * @throws CommandException when a thread has failed or all have ended; it says why
   */
  public void requireRunning() {
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw StreamsFailure.of(run, thrown);
    }
    if (ended.getCount() == 0) {
      throw CommandException.failed("Run '" + run + "' is stopped");
    }
  }

  /** How many records of its partitions this instance has not fetched yet, as far as it knows. */
  public long lag() {
    double lag = 0;
    for (Metric metric : streams.metrics().values()) {
      if (metric.metricName().name().equals("records-lag")
          && metric.metricValue() instanceof Double records
          && records > 0) {
        lag += records;
      }
    }
    return Math.round(lag);
  }

  /**
   * Lets each thread finish its record, commits, and leaves the group, so that other instances take
   * the partitions over at once and not only when the session times out.
   *
   * @throws CommandException when the threads did not end in time
   */
  @Override
  public void close() {
    boolean stopped =
        streams.close(
            CloseOptions.timeout(closeLimit)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    if (!stopped) {
      throw CommandException.failed(
          "Run '"
              + run
              + "' did not stop within "
              + closeLimit.toSeconds()
              + " s; what was not committed is done again at the next start");
    }
  }
}
