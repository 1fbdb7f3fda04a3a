package io.viewstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPlatformIT {

  @TempDir private Path directory;

  @Test
  void shouldServeFromOneFolderAndEndTogether() {
    LocalPlatform platform = LocalPlatform.start(new LocalPlatform.Settings(0, 0, directory));
    ProcessHandle registry = ProcessHandle.of(platform.registry().processId()).orElseThrow();
    assertThat(platform.bootstrapServers()).startsWith("127.0.0.1:");
    assertThat(directory.resolve("broker")).isDirectory();
    assertThat(directory.resolve("registry")).isDirectory();

    platform.close();
    platform.close();

    assertThat(registry.isAlive()).isFalse();
  }

  @Test
  void shouldReleaseTheBrokerWhenTheRegistryFails() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      LocalPlatform.Settings settings =
          new LocalPlatform.Settings(0, taken.getLocalPort(), directory);
      assertThatThrownBy(() -> LocalPlatform.start(settings))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("schema registry");
    }
    // Only a released folder can be taken again.
    EmbeddedBroker.start(0, directory.resolve("broker")).close();
  }

  @Test
  void shouldRestartInATestsOwnEnvironment() {
    try (KafkaEnvironment kafka = KafkaEnvironment.dedicated()) {
      String servers = kafka.bootstrapServers();
      kafka.stopRegistry();
      kafka.stopBroker();
      kafka.startBroker();
      kafka.startRegistry();
      assertThat(kafka.bootstrapServers()).isEqualTo(servers);
    }
  }
}
