package io.viewstream.augment;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.schemas.TopicNames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/**
 * A process of its own that runs the stage, to be killed: {@code viewstream augment} itself, or the
 * same service with a paced generator.
 */
final class AugmentProcess {
  private static final String PACED = "paced";

  private AugmentProcess() {}

  /**
   * Starts {@code viewstream augment}.
   *
   * @param log receives what the process prints
   * @param options of the command, besides those of the connection
   */
  static Process command(ConnectionSettings connection, Path log, String... options)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--bootstrap-server=" + connection.bootstrapServers(),
                "--schema-registry-url=" + connection.schemaRegistryUrl(),
                "--topic-prefix=" + connection.topics().prefix()));
    arguments.addAll(List.of(options));
    return start(log, arguments);
  }

  /** Starts the same service with a generator that takes its time. */
  static Process paced(
      ConnectionSettings connection, Path log, int views, int threads, Duration timePerView)
      throws IOException {
    return start(
        log,
        List.of(
            PACED,
            connection.bootstrapServers(),
            connection.schemaRegistryUrl(),
            connection.topics().prefix(),
            Integer.toString(views),
            Integer.toString(threads),
            Long.toString(timePerView.toMillis())));
  }

  private static Process start(Path log, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                AugmentProcess.class.getName()));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  public static void main(String[] arguments) throws InterruptedException {
    if (arguments[0].equals(PACED)) {
      runPaced(Arrays.copyOfRange(arguments, 1, arguments.length));
    } else {
      System.exit(new CommandLine(new AugmentCommand()).execute(arguments));
    }
  }

  private static void runPaced(String[] arguments) throws InterruptedException {
    GenerationSettings settings =
        GenerationSettings.defaults(
                new ConnectionSettings(
                    arguments[0], arguments[1], new TopicNames(arguments[2]), Map.of()))
            .with(Integer.parseInt(arguments[3]), 0, Integer.parseInt(arguments[4]));
    PacedGenerator generator = new PacedGenerator(Duration.ofMillis(Long.parseLong(arguments[5])));
    try (GenerationService service =
        GenerationService.start(settings, generator, overrun -> Runtime.getRuntime().halt(1))) {
      service.awaitStop(ShutdownSignal.install());
    }
  }
}
