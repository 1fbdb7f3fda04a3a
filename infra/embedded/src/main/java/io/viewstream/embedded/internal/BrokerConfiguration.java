package io.viewstream.embedded.internal;

import io.viewstream.embedded.EmbeddedServerException;
import io.viewstream.kafka.command.Reason;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * Settings of a broker that is alone, and the formatting of its folder.
 *
 * @param directory the broker's own folder
 * @param brokerPort the port for clients
 * @param controllerPort the port on which the node talks to itself; it may differ at each start
 */
public record BrokerConfiguration(Path directory, int brokerPort, int controllerPort) {

  private static final int NODE_ID = 1;
  private static final String CONTROLLER = "CONTROLLER";
  private static final String CLIENTS = "PLAINTEXT";

  /**
   * The largest batch of records: an 8 MiB record (the limit of the topics) with room for what is
   * around it.
   */
  private static final int MAX_MESSAGE_BYTES = 9 * 1024 * 1024;

  /** Kafka's properties; all values are strings, as in a properties file. */
  public Map<String, String> properties() {
    String listeners =
        "%s://%s:%d,%s://%s:%d"
            .formatted(
                CLIENTS,
                LoopbackPorts.HOST,
                brokerPort,
                CONTROLLER,
                LoopbackPorts.HOST,
                controllerPort);
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", Integer.toString(NODE_ID));
    properties.put(
        "controller.quorum.voters", NODE_ID + "@" + LoopbackPorts.HOST + ":" + controllerPort);
    properties.put("controller.listener.names", CONTROLLER);
    properties.put("inter.broker.listener.name", CLIENTS);
    properties.put("listeners", listeners);
    properties.put("advertised.listeners", listeners);
    properties.put(
        "listener.security.protocol.map", CLIENTS + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
    properties.put("log.dirs", logDirectory().toString());

    properties.put("auto.create.topics.enable", "false");
    properties.put("group.initial.rebalance.delay.ms", "0");
    properties.put("message.max.bytes", Integer.toString(MAX_MESSAGE_BYTES));
    properties.put("replica.fetch.max.bytes", Integer.toString(MAX_MESSAGE_BYTES));

    // One node keeps one copy; few partitions make a start and a stop quick.
    for (String topic :
        new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
      properties.put(topic + ".replication.factor", "1");
      properties.put(topic + ".num.partitions", "4");
    }
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("share.coordinator.state.topic.min.isr", "1");
    // Readers of committed records wait for this on top of the timeout when a producer was killed.
    properties.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");

    // Kafka's defaults are for a machine of its own: 128 MiB for the log cleaner alone.
    properties.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 * 1024 * 1024));
    properties.put("num.network.threads", "2");
    properties.put("num.io.threads", "4");
    properties.put("background.threads", "2");
    return properties;
  }

  /** Writes Kafka's {@code meta.properties} and first metadata, unless an earlier start has. */
  public void formatOnce() {
    if (Files.exists(logDirectory().resolve("meta.properties"))) {
      return;
    }
    try {
      Files.createDirectories(logDirectory());
      new Formatter()
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
          .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
          .setNodeId(NODE_ID)
          .setClusterId(Uuid.randomUuid().toString())
          .setControllerListenerName(CONTROLLER)
          .addDirectory(logDirectory().toString())
          .setMetadataLogDirectory(logDirectory().toString())
          .run();
    } catch (Exception e) {
      throw new EmbeddedServerException(
          "Kafka cannot format the folder %s (%s)".formatted(logDirectory(), Reason.of(e)), e);
    }
  }

  private Path logDirectory() {
    return directory.resolve("log");
  }
}
