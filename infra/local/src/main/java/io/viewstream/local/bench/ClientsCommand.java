package io.viewstream.local.bench;

import io.viewstream.augment.GenerationService;
import io.viewstream.augment.GenerationSettings;
import io.viewstream.kafka.command.CommonOptions;
import io.viewstream.kafka.command.ShutdownSignal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code viewstream bench clients}: clients of one run with generators that wait, for {@link
 * InstancesBench}. Tells what they have done as lines of JSON, and ends when its input does, so
 * that it never outlives who started it.
 */
@Command(
    name = "clients",
    hidden = true,
    description = "Clients of one run with generators that wait, for the benchmark of instances.")
final class ClientsCommand implements Callable<Integer> {

  private static final Duration TELL = Duration.ofMillis(100);

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(names = "--clients", defaultValue = "4", description = "How many.")
  private int clients = 4;

  @Option(names = "--threads", defaultValue = "4", description = "Stream threads of each.")
  private int threads = 4;

  @Option(names = "--views", defaultValue = "4", description = "Views of each image.")
  private int views = 4;

  @Option(names = "--batch-size", defaultValue = "4", description = "Best batch of the generators.")
  private int batchSize = 4;

  @Option(names = "--call-millis", defaultValue = "200", description = "How long each call waits.")
  private long callMillis = 200;

  @Option(names = "--seed", defaultValue = "0", description = "Of the run.")
  private long seed = 0;

  @Override
  public Integer call() throws InterruptedException {
    GenerationSettings settings =
        GenerationSettings.defaults(common.connection()).with(views, seed, threads);
    List<GenerationService> services = new ArrayList<>();
    try {
      for (int client = 0; client < clients; client++) {
        services.add(
            GenerationService.start(
                settings,
                new WaitingGenerator(Duration.ofMillis(callMillis), batchSize),
                GenerationService::halt));
      }
      ShutdownSignal end = endOfInput();
      while (!end.await(TELL)) {
        System.out.println(
            ClientCounts.of(services.stream().map(GenerationService::result).toList()).line());
      }
    } finally {
      services.forEach(GenerationService::close);
    }
    return 0;
  }

  private static ShutdownSignal endOfInput() {
    ShutdownSignal end = new ShutdownSignal();
    Thread.ofPlatform()
        .name("end-of-input")
        .daemon()
        .start(
            () -> {
              try {
                System.in.read();
              } catch (IOException e) {
                System.err.println("Standard input: " + e.getMessage());
              } finally {
                end.request();
              }
            });
    return end;
  }
}
