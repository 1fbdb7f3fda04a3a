package io.viewstream.augment.internal;

import io.viewstream.kafka.command.CommandException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndFailExceptionHandler;
import org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler;

/**
 * Kafka Streams' settings as a pure function of how the stage is run.
 *
 * <p>Some of them follow from the blocking {@code process()} of {@link AugmentProcessor}. Between
 * two looks at the commit interval a stream thread handles as many records of each task as it has
 * learnt to, up to those that are buffered; it learns while records are quick, and forgets nothing
 * when its transaction was aborted for taking too long. So no more than two are ever buffered (one
 * that waits and one that was polled), and each may take up to the call deadline for each call that
 * its views fill alone:
 *
 * <ul>
 *   <li>{@code transaction.timeout.ms} is twice that, at least 10 s. It is also what a killed
 *       instance costs: without a state store a restarted instance has another transactional id, so
 *       readers of committed records stall until the broker gives the old transaction up. Hence the
 *       limit of 60 s: more threads have fewer tasks each.
 *   <li>{@code max.poll.interval.ms} is four times that, at least 60 s, because Streams goes on
 *       without polling for half of it.
 * </ul>
 *
 * <p>Fetches are small because source records are large. The records of a fetch wait in the
 * consumer, so that small buffers cost a thread nothing but more polls.
 *
 * @param applicationId consumer group, prefix of the transactional ids
 * @param threads stream threads asked for, at least 1; no more than partitions are started
 * @param partitions of the source topic, at least 1
 * @param callDeadline of one call of the generator
 * @param callsPerRecord how many calls the views of one source record fill alone, at least 1
 * @param longTransactions whether a transaction timeout above 60 s is accepted
 */
public record StreamsSettings(
    String applicationId,
    int threads,
    int partitions,
    Duration callDeadline,
    int callsPerRecord,
    boolean longTransactions) {

  /** Largest request of the producer, in bytes: a topic's 8 MiB record and its framing. */
  static final int MAX_REQUEST_BYTES = 9 * 1024 * 1024;

  private static final Duration MIN_TRANSACTION_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration MAX_TRANSACTION_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration MIN_POLL_INTERVAL = Duration.ofSeconds(60);
  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

  /**
   * An instance hears of a rebalance by its heartbeat, and partitions rest until all have heard.
   */
  private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(1);

  /** Bounds the age of what readers see; a commit costs a round trip for each stream thread. */
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(1000);

  // Some hundred small images, or one of any size: more would lie in the heap for seconds, since a
  // generator is slower than any network.
  private static final int FETCH_MAX_BYTES = 1024 * 1024;
  private static final int MAX_PARTITION_FETCH_BYTES = 256 * 1024;
  private static final int MAX_POLL_RECORDS = 1;
  private static final int BUFFERED_RECORDS_PER_PARTITION = 1;

  /**
   * Checks the settings.
   *
   * @throws CommandException when transactions could stay open for more than 60 s and that is not
   *     accepted
   */
  public StreamsSettings {
    if (threads < 1 || partitions < 1 || callsPerRecord < 1) {
      throw new IllegalArgumentException(
          "Threads (%d), partitions (%d) and calls per record (%d) must be at least 1"
              .formatted(threads, partitions, callsPerRecord));
    }
    Duration recordDeadline = callDeadline.multipliedBy(callsPerRecord);
    Duration timeout = transactionTimeout(threads, partitions, recordDeadline);
    if (timeout.compareTo(MAX_TRANSACTION_TIMEOUT) > 0 && !longTransactions) {
      throw CommandException.failed(
          tooLong(timeout, threads, partitions, callDeadline, callsPerRecord));
    }
  }

  private static String tooLong(
      Duration timeout, int threads, int partitions, Duration callDeadline, int callsPerRecord) {
    long tasks =
        MAX_TRANSACTION_TIMEOUT.toMillis()
            / Math.max(1, callDeadline.multipliedBy(2L * callsPerRecord).toMillis());
    String remedy =
        (tasks < 1 ? "" : "raise --threads to " + Math.ceilDiv(partitions, tasks) + " or ")
            + (callsPerRecord > 1 ? "lower --views or " : "")
            + "pass --allow-long-transactions";
    return "Transactions could stay open for "
        + timeout.toSeconds()
        + " s ("
        + partitions
        + " partitions on "
        + threads
        + " threads, call deadline "
        + callDeadline.toMillis() / 1000.0
        + " s"
        + (callsPerRecord > 1 ? ", " + callsPerRecord + " calls for the views of an image" : "")
        + "), the limit is "
        + MAX_TRANSACTION_TIMEOUT.toSeconds()
        + " s because readers wait that long after a crash; "
        + remedy;
  }

  private static Duration transactionTimeout(int threads, int partitions, Duration recordDeadline) {
    return longer(
        MIN_TRANSACTION_TIMEOUT,
        recordDeadline.multipliedBy(2L * Math.ceilDiv(partitions, threads)));
  }

  private static Duration longer(Duration first, Duration second) {
    return first.compareTo(second) >= 0 ? first : second;
  }

  /** How many stream threads are started. */
  public int startedThreads() {
    return Math.min(threads, partitions);
  }

  /** The most tasks that one stream thread gets, when this is the only instance. */
  public int tasksPerThread() {
    return Math.ceilDiv(partitions, threads);
  }

  /** How long the broker keeps a transaction of an instance that is gone. */
  public Duration transactionTimeout() {
    return transactionTimeout(threads, partitions, recordDeadline());
  }

  /** How long the views of one source record may take. */
  public Duration recordDeadline() {
    return callDeadline.multipliedBy(callsPerRecord);
  }

  /** How long a stream thread may work between two polls. */
  public Duration maxPollInterval() {
    return longer(MIN_POLL_INTERVAL, recordDeadline().multipliedBy(4L * tasksPerThread()));
  }

  /**
   * The properties for Kafka Streams.
   *
   * @param connection how clients reach the cluster, with the user's own client properties; where
   *     both name a key, the stage's value wins, because exactly-once depends on it
   */
  public Map<String, Object> properties(Map<String, Object> connection) {
    Map<String, Object> properties = new HashMap<>(connection);
    // Streams' own dead-letter queue would write raw bytes, not a record of the contract.
    properties.remove(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG);
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, startedThreads());
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL.toMillis());
    properties.put(
        StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, BUFFERED_RECORDS_PER_PARTITION);
    properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
    properties.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
    properties.put(
        StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
        LogAndFailExceptionHandler.class);
    properties.put(
        StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
        LogAndFailProcessingExceptionHandler.class);

    // The prefixes outrank a key without one, so that no client property of the user gets between.
    consumer(properties, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    consumer(properties, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
    consumer(properties, ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, millis(maxPollInterval()));
    consumer(properties, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, millis(SESSION_TIMEOUT));
    consumer(properties, ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, millis(HEARTBEAT_INTERVAL));
    consumer(properties, ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_MAX_BYTES);
    consumer(
        properties, ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, MAX_PARTITION_FETCH_BYTES);
    properties.put(
        StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
        millis(transactionTimeout()));
    properties.put(
        StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), MAX_REQUEST_BYTES);
    return Map.copyOf(properties);
  }

  private static void consumer(Map<String, Object> properties, String key, Object value) {
    properties.put(StreamsConfig.mainConsumerPrefix(key), value);
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(duration.toMillis());
  }
}
