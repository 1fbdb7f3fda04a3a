package io.viewstream.embedded;

import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A broker in a container and the registry of this machine.
 *
 * <p>Only this class names Testcontainers, so that modules which never ask for containers need it
 * not.
 */
final class ContainerServers implements KafkaServers {

  /** System property with the image; any that has Apache Kafka's own layout will do. */
  private static final String IMAGE_PROPERTY = "kafka.environment.image";

  private static final String DEFAULT_IMAGE = "apache/kafka:4.3.1";

  private final KafkaContainer broker;
  private final EmbeddedRegistry registry;

  ContainerServers() {
    Assumptions.assumeTrue(
        DockerClientFactory.instance().isDockerAvailable(),
        "kafka.environment=containers, but no container engine answers");
    DockerImageName image =
        DockerImageName.parse(System.getProperty(IMAGE_PROPERTY, DEFAULT_IMAGE))
            .asCompatibleSubstituteFor("apache/kafka");
    broker =
        new KafkaContainer(image)
            .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
            .withEnv("KAFKA_MESSAGE_MAX_BYTES", Integer.toString(9 * 1024 * 1024));
    broker.start();
    try {
      registry = EmbeddedRegistry.start();
    } catch (RuntimeException e) {
      try (broker) {
        throw e;
      }
    }
  }

  @Override
  public String bootstrapServers() {
    return broker.getBootstrapServers();
  }

  @Override
  public String registryUrl() {
    return registry.url();
  }

  @Override
  public void close() {
    try (broker) {
      registry.close();
    }
  }
}
