package io.viewstream.kafka.command;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.schemas.TopicNames;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that goes to a cluster; a picocli mixin. */
public final class CommonOptions {
  @Option(
      names = "--bootstrap-server",
      paramLabel = "HOST:PORT[,…]",
      description = "Kafka brokers to begin with (default: ${DEFAULT-VALUE}).",
      defaultValue = "localhost:9092")
  private String bootstrapServer = "localhost:9092";

  @Option(
      names = "--schema-registry-url",
      paramLabel = "URL",
      description = "Confluent-compatible schema registry (default: ${DEFAULT-VALUE}).",
      defaultValue = ConnectionSettings.DEFAULT_REGISTRY_URL)
  private String schemaRegistryUrl = ConnectionSettings.DEFAULT_REGISTRY_URL;

  @Option(
      names = "--topic-prefix",
      paramLabel = "PREFIX",
      description = "Put before each topic's name (default: none).",
      defaultValue = "")
  private String topicPrefix = "";

  @Option(
      names = "--command-config",
      paramLabel = "FILE",
      description =
          "Properties for all clients: TLS, SASL, the registry's credentials. Secrets belong here,"
              + " never on the command line.")
  private @Nullable Path commandConfig;

  @Mixin private OutputOptions output = new OutputOptions();

  /**
   * Where the cluster and the registry are, with the properties of {@code --command-config}.
   *
   * @throws CommandException when the file cannot be read or an option is not legal
   */
  public ConnectionSettings connection() {
    Map<String, String> properties = new TreeMap<>();
    if (commandConfig != null) {
      Properties loaded = new Properties();
      try (Reader reader = Files.newBufferedReader(commandConfig)) {
        loaded.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        throw CommandException.failed(
            "Cannot read --command-config " + commandConfig + ": " + Reason.of(e), e);
      }
      loaded.stringPropertyNames().forEach(key -> properties.put(key, loaded.getProperty(key)));
    }
    try {
      return new ConnectionSettings(
          bootstrapServer, schemaRegistryUrl, new TopicNames(topicPrefix), properties);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()));
    }
  }

  /** Where the JSON report goes, if one is wanted. */
  public Optional<Path> report() {
    return output.report();
  }

  /** Whether stack traces and more log lines are wanted. */
  public boolean verbose() {
    return output.verbose();
  }
}
