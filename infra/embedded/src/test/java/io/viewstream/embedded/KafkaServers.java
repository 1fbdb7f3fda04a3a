package io.viewstream.embedded;

/** A broker and a registry that tests talk to, wherever they run. */
sealed interface KafkaServers extends AutoCloseable
    permits EmbeddedServers, ContainerServers, ExternalServers {

  String bootstrapServers();

  String registryUrl();

  @Override
  void close();
}
