package io.viewstream.kafka;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.TopicNames;
import io.viewstream.schemas.serde.SchemaRegistry;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * Where the Kafka cluster and the schema registry are, and how to be let in.
 *
 * @param bootstrapServers brokers to begin with, {@code host:port[,host:port…]}
 * @param schemaRegistryUrl base URL of a registry with Confluent's API
 * @param topics names of the topics on this cluster
 * @param clientProperties properties of all clients: Kafka's own names for TLS and SASL;
 *     Confluent's names for the registry ({@code basic.auth.…}, {@code bearer.auth.…}, {@code
 *     schema.registry.ssl.…})
 */
public record ConnectionSettings(
    String bootstrapServers,
    String schemaRegistryUrl,
    TopicNames topics,
    Map<String, String> clientProperties) {
  /** The registry that {@code viewstream local} starts: Apicurio's Confluent-compatible API. */
  public static final String DEFAULT_REGISTRY_URL = "http://localhost:8081/apis/ccompat/v7";

  private static final int SCHEMA_CACHE_SIZE = 1000;
  private static final List<String> REGISTRY_PREFIXES =
      List.of("basic.auth.", "bearer.auth.", "schema.registry.");

  /**
   * Copies the properties and checks the addresses.
   *
   * @throws IllegalArgumentException when an address is not legal
   */
  public ConnectionSettings {
    clientProperties = Map.copyOf(clientProperties);
    for (String server : bootstrapServers.split(",", -1)) {
      if (!server.strip().matches(".+:\\d{1,5}")) {
        throw new IllegalArgumentException(
            "Bootstrap server '" + server + "' is not of the form host:port");
      }
    }
    URI registry = parse(schemaRegistryUrl);
    if (registry.getHost() == null || !List.of("http", "https").contains(registry.getScheme())) {
      throw new IllegalArgumentException(
          "Schema registry URL '" + schemaRegistryUrl + "' is not an http or https address");
    }
    if (registry.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "The schema registry's password does not belong in its URL; put basic.auth.user.info and"
              + " basic.auth.credentials.source=USER_INFO into the file of --command-config");
    }
  }

  private static URI parse(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      // Without the cause, whose message repeats an address that may hold a password.
      throw new IllegalArgumentException(
          "The schema registry's URL has an illegal character at position " + e.getIndex());
    }
  }

  /** Properties that every Kafka client of this connection starts from; a fresh map. */
  public Map<String, Object> kafkaProperties() {
    Map<String, Object> properties = new HashMap<>();
    clientProperties.forEach(
        (key, value) -> {
          if (REGISTRY_PREFIXES.stream().noneMatch(key::startsWith)) {
            properties.put(key, value);
          }
        });
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return properties;
  }

  /**
   * Makes a client of this connection. Whoever calls a client's constructor does so through here,
   * since what it throws may hold a password; what this throws does not, and has no cause where
   * there are properties.
   *
   * @param constructor makes the client
   * @throws CommandException when that fails; it names the address and the property to blame
   */
  public <T> T open(Supplier<T> constructor) {
    return open(bootstrapServers, constructor);
  }

  private <T> T open(String address, Supplier<T> constructor) {
    try {
      return constructor.get();
    } catch (CommandException e) {
      throw e;
    } catch (RuntimeException e) {
      String line =
          "Cannot connect to "
              + address
              + ": "
              + PropertyFault.describe(e, clientProperties.keySet());
      throw clientProperties.isEmpty()
          ? CommandException.failed(line, e)
          : CommandException.failed(line);
    }
  }

  /**
   * A new, empty view on the registry; it holds no connection between calls and needs no closing.
   *
   * @throws CommandException when a property is not usable
   */
  public SchemaRegistry schemaRegistry() {
    return new SchemaRegistry(
        open(
            schemaRegistryUrl,
            () ->
                new CachedSchemaRegistryClient(
                    schemaRegistryUrl, SCHEMA_CACHE_SIZE, clientProperties)),
        schemaRegistryUrl);
  }

  /** Names no property's value, since any of them may be a secret. */
  @Override
  public String toString() {
    return "ConnectionSettings[bootstrapServers="
        + bootstrapServers
        + ", schemaRegistryUrl="
        + schemaRegistryUrl
        + ", topics="
        + topics
        + ", clientProperties="
        + clientProperties.keySet()
        + "]";
  }
}
