package io.viewstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.embedded.internal.RegistryInstallation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedRegistryIT {

  private static final String SUBJECT = "/subjects/points-value/versions";

  /** As Confluent's API takes it: the schema is a string inside JSON. */
  private static final String SCHEMA = "{\"schema\": \"{\\\"type\\\": \\\"string\\\"}\"}";

  @TempDir private Path directory;

  @Test
  void shouldKeepSchemaIdsWhenStartedAgainOnTheSameFolderAndPort() throws Exception {
    int port;
    String id;
    try (EmbeddedRegistry registry = EmbeddedRegistry.start(0, directory)) {
      port = registry.port();
      id = post(registry, SUBJECT, SCHEMA);
      assertThat(id).contains("\"id\"");
    }

    try (EmbeddedRegistry registry = EmbeddedRegistry.start(port, directory)) {
      assertThat(post(registry, SUBJECT, SCHEMA)).isEqualTo(id);
      assertThat(get(registry, "/subjects")).isEqualTo("[\"points-value\"]");
    }
  }

  @Test
  void shouldNameThePortWhenItIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertThatThrownBy(() -> EmbeddedRegistry.start(taken.getLocalPort(), directory))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("Port " + taken.getLocalPort());
    }
  }

  @Test
  void shouldShowTheEndOfTheLogWhenItDoesNotComeUp() throws IOException {
    Path installation = Files.createDirectory(directory.resolve("installation"));
    // A jar in name alone: the process starts, finds no registry in it, says so and ends.
    Files.writeString(installation.resolve("quarkus-run.jar"), "no jar");

    assertThatThrownBy(
            () -> EmbeddedRegistry.start(new RegistryInstallation(installation), 0, directory))
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContaining("did not start")
        .hasMessageContaining("ClassNotFoundException: io.quarkus");
  }

  @Test
  void shouldEndWhenItsParentIsKilled() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dviewstream.registry.directory="
                    + System.getProperty("viewstream.registry.directory"),
                "-cp",
                System.getProperty("java.class.path"),
                RegistryHolder.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
      String line = reader.readLine();
      assertThat(line).as("process id of the registry").isNotNull();
      Optional<ProcessHandle> registry = ProcessHandle.of(Long.parseLong(line));
      assertThat(registry).isPresent();

      parent.destroyForcibly();

      assertThat(registry.get().onExit().get(20, TimeUnit.SECONDS).isAlive()).isFalse();
    } finally {
      parent.destroyForcibly();
    }
  }

  private static String post(EmbeddedRegistry registry, String path, String body) throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create(registry.url() + path))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static String get(EmbeddedRegistry registry, String path) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(registry.url() + path)));
  }

  private static String send(HttpRequest.Builder request) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  /** A parent to kill: starts a registry, prints its process id and waits. */
  static final class RegistryHolder {

    private RegistryHolder() {}

    public static void main(String[] arguments) throws InterruptedException {
      EmbeddedRegistry registry = EmbeddedRegistry.start();
      System.out.println(registry.processId());
      System.out.flush();
      Thread.currentThread().join();
    }
  }
}
