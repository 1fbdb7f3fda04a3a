package io.viewstream.local.internal;

import java.util.List;

/**
 * Sets up slf4j-simple on standard error. Must run before the first logger is made, so it takes the
 * raw arguments and names no class that has one.
 */
public final class Logging {

  private static final String PREFIX = "org.slf4j.simpleLogger.";

  /**
   * Loggers that warn of what is no news to a user: settings that one client of several does not
   * know, the first start of an empty broker, connections that end with the broker, a GPU that is
   * not there, and what a transaction that follows closely on another makes its clients try again.
   */
  private static final List<String> CHATTERBOXES =
      List.of(
          "ai.djl.onnxruntime.engine.OrtEngine",
          "ai.djl.util.cuda.CudaUtils",
          "org.apache.kafka.clients.NetworkClient",
          "org.apache.kafka.clients.admin.internals.ListConsumerGroupOffsetsHandler",
          "org.apache.kafka.clients.producer.internals.Sender",
          "org.apache.kafka.common.config.AbstractConfig",
          "org.apache.kafka.common.utils.AppInfoParser",
          "org.apache.kafka.controller",
          "org.apache.kafka.clients.consumer.ConsumerConfig",
          "org.apache.kafka.clients.producer.ProducerConfig",
          "org.apache.kafka.clients.admin.AdminClientConfig",
          "org.apache.kafka.streams.StreamsConfig",
          "kafka.server");

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
    boolean quiet = !verbose && arguments.contains("demo");
    set("defaultLogLevel", verbose ? "info" : "warn");
    set("log.io.viewstream", verbose ? "debug" : quiet ? "warn" : "info");
    if (!verbose) {
      CHATTERBOXES.forEach(logger -> set("log." + logger, "error"));
      // It prints a stack trace for each attempt; what comes of them is reported in one line.
      set("log.io.confluent.kafka.schemaregistry.client.rest.RestService", "off");
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
