package io.viewstream.local.internal;

import java.util.List;
import java.util.Map;

/**
 * Sets up slf4j-simple on standard error. Must run before the first logger is made, so it takes the
 * raw arguments and names no class that has one.
 */
public final class Logging {

  private static final String PREFIX = "org.slf4j.simpleLogger.";

  /**
   * Loggers that warn of what is no news to a user, each with the lowest level that is: settings
   * that one client of several does not know, the first start of an empty broker, connections that
   * end with the broker, a machine without a GPU, an offset that is about to be committed.
   */
  private static final Map<String, String> CHATTERBOXES =
      Map.ofEntries(
          Map.entry("ai.djl.onnxruntime.engine.OrtEngine", "error"),
          Map.entry("ai.djl.util.cuda.CudaUtils", "error"),
          // It prints a stack trace for each attempt; what comes of them is told in one line.
          Map.entry("io.confluent.kafka.schemaregistry.client.rest.RestService", "off"),
          Map.entry("kafka.server", "error"),
          // Batches that overtake the first one of a transaction are refused and sent again;
          // broker and producer both say so, for each of them.
          Map.entry("kafka.server.ReplicaManager", "off"),
          Map.entry("org.apache.kafka.clients.producer.internals.Sender", "error"),
          Map.entry("org.apache.kafka.clients.NetworkClient", "error"),
          Map.entry("org.apache.kafka.clients.admin.AdminClientConfig", "error"),
          Map.entry(
              "org.apache.kafka.clients.admin.internals.ListConsumerGroupOffsetsHandler", "error"),
          Map.entry("org.apache.kafka.clients.consumer.ConsumerConfig", "error"),
          Map.entry("org.apache.kafka.clients.consumer.internals.OffsetFetcherUtils", "error"),
          Map.entry("org.apache.kafka.clients.producer.ProducerConfig", "error"),
          Map.entry("org.apache.kafka.common.config.AbstractConfig", "error"),
          Map.entry("org.apache.kafka.common.utils.AppInfoParser", "error"),
          Map.entry("org.apache.kafka.controller", "error"),
          Map.entry("org.apache.kafka.streams.StreamsConfig", "error"));

  private Logging() {}

  /**
   * Sets the levels: our state changes and others' warnings, or with {@code -v} our details and
   * others' state changes.
   *
   * @param arguments the command line
   */
  public static void configure(List<String> arguments) {
    boolean verbose = arguments.contains("-v") || arguments.contains("--verbose");
    // The demo tells of its stages itself.
    boolean quiet = !verbose && !arguments.isEmpty() && arguments.getFirst().equals("demo");
    set("defaultLogLevel", verbose ? "info" : "warn");
    set("log.io.viewstream", verbose ? "debug" : quiet ? "warn" : "info");
    if (!verbose) {
      CHATTERBOXES.forEach((logger, level) -> set("log." + logger, level));
    }
    set("showDateTime", "true");
    set("dateTimeFormat", "HH:mm:ss");
    set("showThreadName", Boolean.toString(verbose));
    set("showShortLogName", Boolean.toString(!verbose));
    set("levelInBrackets", "false");
  }

  /** What the user set by {@code -D} stays. */
  private static void set(String key, String value) {
    if (System.getProperty(PREFIX + key) == null) {
      System.setProperty(PREFIX + key, value);
    }
  }
}
