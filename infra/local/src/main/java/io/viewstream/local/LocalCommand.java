package io.viewstream.local;

import io.viewstream.embedded.LocalPlatform;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.JsonReport;
import io.viewstream.kafka.command.OutputOptions;
import io.viewstream.kafka.command.ShutdownSignal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code viewstream local}: broker and registry in the foreground, until Ctrl-C. */
@Command(
    name = "local",
    description = {
      "Runs a Kafka broker and a schema registry until Ctrl-C.",
      "Both listen on 127.0.0.1 alone. Other commands find them by their defaults."
    })
public final class LocalCommand implements Callable<Integer> {

  private static final int DEFAULT_PORT = 9092;
  private static final int DEFAULT_REGISTRY_PORT = 8081;
  private static final int MAX_PORT = 65_535;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "" + DEFAULT_PORT,
      description = "Port of the broker, 0 for a free one (default: ${DEFAULT-VALUE}).")
  private int port = DEFAULT_PORT;

  @Option(
      names = "--registry-port",
      paramLabel = "PORT",
      defaultValue = "" + DEFAULT_REGISTRY_PORT,
      description = "Port of the schema registry, 0 for a free one (default: ${DEFAULT-VALUE}).")
  private int registryPort = DEFAULT_REGISTRY_PORT;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Folder that keeps topics and schemas for the next start (default: a temporary one, which"
              + " is deleted at the end).")
  private @Nullable Path dataDirectory;

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    requireUsable();
    ShutdownSignal stop = ShutdownSignal.install();
    System.err.println("Starting a broker and a schema registry…");
    try (LocalPlatform platform =
        LocalPlatform.start(new LocalPlatform.Settings(port, registryPort, dataDirectory))) {
      report(platform).write(output.report());
      System.out.println(greeting(platform));
      System.out.flush();
      awaitEnd(stop, platform);
    }
    return 0;
  }

  private void requireUsable() {
    requirePort("--port", port);
    requirePort("--registry-port", registryPort);
    if (port != 0 && port == registryPort) {
      throw CommandException.usage("--port and --registry-port are both " + port);
    }
    if (dataDirectory != null && Files.exists(dataDirectory) && !Files.isDirectory(dataDirectory)) {
      throw CommandException.usage("--data-dir " + dataDirectory + " is a file, not a folder");
    }
  }

  private static void requirePort(String option, int port) {
    if (port < 0 || port > MAX_PORT) {
      throw CommandException.usage(
          "%s is %d, must be from 1 to %d, or 0 for a free one".formatted(option, port, MAX_PORT));
    }
  }

  /** Waits for Ctrl-C; a registry that ends before that ends the command, which serves no more. */
  private static void awaitEnd(ShutdownSignal stop, LocalPlatform platform) {
    // Ctrl-C in a terminal goes to the registry's process too: only what is first counts.
    CompletableFuture<Optional<String>> end = new CompletableFuture<>();
    stop.onRequest(() -> end.complete(Optional.empty()));
    platform.registry().onExit().thenAccept(log -> end.complete(Optional.of(log)));
    Optional<String> registryLog = end.join();
    if (registryLog.isPresent()) {
      throw CommandException.failed(
          "The schema registry at %s ended, so the broker stops too; the end of its log:%n%s"
              .formatted(platform.registryUrl(), registryLog.get()));
    }
  }

  /** Written when both serve, so that a script can wait for the file or for the greeting. */
  private static JsonReport report(LocalPlatform platform) {
    return new JsonReport()
        .put("bootstrapServers", platform.bootstrapServers())
        .put("schemaRegistryUrl", platform.registryUrl())
        .put("processId", ProcessHandle.current().pid());
  }

  private String greeting(LocalPlatform platform) {
    String data =
        dataDirectory == null ? "temporary, deleted at the end" : dataDirectory.toString();
    return """
    Kafka broker     %s
    Schema registry  %s
    Data             %s

    In another terminal:
      viewstream topics create%4$s
      viewstream produce --images shapes --limit 1000%4$s
      viewstream augment --until-caught-up%4$s
      viewstream inspect --output sheet.png%4$s

    Ctrl-C stops both.\
    """
        .formatted(
            platform.bootstrapServers(), platform.registryUrl(), data, connectionOptions(platform));
  }

  /** The options that other commands need to find this platform: none if it is where they look. */
  private static String connectionOptions(LocalPlatform platform) {
    StringBuilder options = new StringBuilder();
    if (platform.broker().port() != DEFAULT_PORT) {
      options.append(" --bootstrap-server ").append(platform.bootstrapServers());
    }
    boolean defaultRegistry =
        ConnectionSettings.DEFAULT_REGISTRY_URL.contains(":" + platform.registry().port() + "/");
    if (!defaultRegistry) {
      options.append(" --schema-registry-url ").append(platform.registryUrl());
    }
    return options.toString();
  }
}
