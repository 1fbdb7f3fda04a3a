package io.viewstream.embedded;

import org.junit.jupiter.api.Assumptions;

/** A broker and a registry that somebody else runs, named by system properties. */
record ExternalServers(String bootstrapServers, String registryUrl) implements KafkaServers {

  private static final String BOOTSTRAP_PROPERTY = "kafka.environment.bootstrap.servers";
  private static final String REGISTRY_PROPERTY = "kafka.environment.registry.url";

  static ExternalServers fromProperties() {
    return new ExternalServers(required(BOOTSTRAP_PROPERTY), required(REGISTRY_PROPERTY));
  }

  private static String required(String property) {
    String value = System.getProperty(property);
    Assumptions.assumeTrue(value != null, "kafka.environment=external needs -D" + property);
    return value;
  }

  @Override
  public void close() {
    // Not ours.
  }
}
