package io.viewstream.embedded;

import io.viewstream.embedded.internal.BrokerConfiguration;
import io.viewstream.embedded.internal.DataDirectory;
import io.viewstream.embedded.internal.LoopbackPorts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker in this JVM: one KRaft node, broker and controller in one, on the loopback
 * address.
 *
 * <pre>{@code
 * try (EmbeddedBroker broker = EmbeddedBroker.start()) {
 *   connect(broker.bootstrapServers());
 * }
 * }</pre>
 *
 * <p>A broker started again on the same data folder has all its topics, and on the same port its
 * clients find it again. Topics are never created by mere use. {@link #close()} is for one thread;
 * the accessors are for any.
 */
public final class EmbeddedBroker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);
  private static final int ATTEMPTS = 3;

  private final DataDirectory data;
  private final KafkaRaftServer server;
  private final int port;
  private boolean closed;

  private EmbeddedBroker(DataDirectory data, KafkaRaftServer server, int port) {
    this.data = data;
    this.server = server;
    this.port = port;
  }

  /** Starts a broker on a free port, whose data vanish when it is closed. */
  public static EmbeddedBroker start() {
    return start(0, null);
  }

  /**
   * Starts a broker and returns when it serves clients: about 4 s in a cold JVM, less than 1 s in a
   * warm one.
   *
   * @param port the port, 0 for a free one
   * @param dataDirectory the folder to keep, null for a temporary one
   * @throws EmbeddedServerException if the port is taken, the folder is in use, or Kafka refuses
   *     its data
   */
  public static EmbeddedBroker start(int port, @Nullable Path dataDirectory) {
    if (port != 0) {
      LoopbackPorts.requireFree(port, "broker");
    }
    DataDirectory data = DataDirectory.open(dataDirectory, "broker");
    try {
      return start(port, data, 1);
    } catch (RuntimeException e) {
      try (data) {
        throw e;
      }
    }
  }

  private static EmbeddedBroker start(int port, DataDirectory data, int attempt) {
    List<Integer> free = LoopbackPorts.free(2);
    int brokerPort = port == 0 ? free.get(0) : port;
    BrokerConfiguration configuration =
        new BrokerConfiguration(data.path(), brokerPort, free.get(1));
    configuration.formatOnce();
    KafkaRaftServer server =
        new KafkaRaftServer(new KafkaConfig(configuration.properties(), false), Time.SYSTEM);
    try {
      server.startup();
    } catch (RuntimeException e) {
      try {
        shutDown(server);
      } catch (EmbeddedServerException suppressed) {
        e.addSuppressed(suppressed);
      }
      // Another program may have taken a free port between our look and Kafka's.
      if (attempt < ATTEMPTS && String.valueOf(e.getMessage()).contains("bind")) {
        return start(port, data, attempt + 1);
      }
      throw new EmbeddedServerException(
          "The broker did not start on %s:%d with its data in %s: %s"
              .formatted(LoopbackPorts.HOST, brokerPort, data.path(), e.getMessage()),
          e);
    }
    EmbeddedBroker broker = new EmbeddedBroker(data, server, brokerPort);
    LOG.info("Broker listens on {}, data in {}", broker.bootstrapServers(), data.path());
    return broker;
  }

  /** What a client connects to, such as {@code 127.0.0.1:9092}. */
  public String bootstrapServers() {
    return LoopbackPorts.HOST + ":" + port;
  }

  public int port() {
    return port;
  }

  public Path dataDirectory() {
    return data.path();
  }

  /**
   * Stops the broker in order: it is back at once on the next start. Does nothing the second time.
   *
   * @throws EmbeddedServerException if it has not stopped within 30 seconds
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (data) {
      shutDown(server);
    }
    LOG.info("Broker on {} stopped", bootstrapServers());
  }

  /**
   * Kafka waits for its threads without a limit, so the waiting is done elsewhere and watched from
   * here.
   */
  private static void shutDown(KafkaRaftServer server) {
    CountDownLatch done = new CountDownLatch(1);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread.ofPlatform()
        .daemon()
        .name("embedded-broker-shutdown")
        .start(
            () -> {
              try {
                server.shutdown();
                server.awaitShutdown();
              } catch (Throwable e) {
                failure.set(e);
              } finally {
                done.countDown();
              }
            });
    boolean interrupted = false;
    boolean stopped = false;
    long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
    while (!stopped && deadline - System.nanoTime() > 0) {
      try {
        stopped = done.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        // A broker cut short has to check all its data on the next start: better to be late than
        // half closed.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (!stopped) {
      throw new EmbeddedServerException(
          "The broker did not stop within " + CLOSE_LIMIT.toSeconds() + " s");
    }
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw new EmbeddedServerException(
          "The broker did not stop cleanly: " + thrown.getMessage(), thrown);
    }
  }
}
