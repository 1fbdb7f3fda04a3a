package io.viewstream.local.bench;

import io.viewstream.augment.GenerationSettings;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code viewstream bench instances}: how the generation stage scales out, with generators that
 * wait as for a GPU. Two instances, and eight clients in two processes, against one. All three have
 * the same 16 partitions, each with a thread of its own, so that what is shared out is the work
 * alone.
 */
@Command(
    name = "instances",
    description =
        "Two instances of the generation stage, and eight clients in two processes, against one,"
            + " with generators that wait as for a GPU.")
final class InstancesBench implements Callable<Integer> {

  private static final int THREADS = 16;

  /** Of one client: fewer would need transactions longer than a minute, should it be left alone. */
  private static final int FEWEST_THREADS = 4;

  private static final long START_SECONDS = 120;

  /** After every client has views: for the last of the partitions to move. */
  private static final long SETTLE_MILLIS = 4000;

  private static final long LOOK_MILLIS = 50;

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--views",
      paramLabel = "K",
      defaultValue = "" + GenerationSettings.DEFAULT_VIEWS,
      description = "Views of each image (default: ${DEFAULT-VALUE}).")
  private int views = GenerationSettings.DEFAULT_VIEWS;

  @Option(
      names = "--call-millis",
      paramLabel = "MS",
      defaultValue = "200",
      description = "How long each call of a generator waits (default: ${DEFAULT-VALUE}).")
  private long callMillis = 200;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "4",
      description = "Views that a call of a generator makes at best (default: ${DEFAULT-VALUE}).")
  private int batchSize = 4;

  /**
   * How clients are spread.
   *
   * @param name in the table
   * @param processes how many
   * @param clientsOfProcess how many in each
   */
  private record Layout(String name, int processes, int clientsOfProcess) {
    int clients() {
      return processes * clientsOfProcess;
    }
  }

  /**
   * What was found.
   *
   * @param rate views, wall time and processor time
   * @param batchFill mean over all clients' calls
   */
  private record Found(Measurement rate, double batchFill) {}

  @Override
  public Integer call() throws InterruptedException, IOException {
    requirePositive("--views", views);
    requirePositive("--call-millis", callMillis);
    requirePositive("--batch-size", batchSize);
    try (BenchServers servers = BenchServers.start(options)) {
      ConnectionSettings connection = servers.createTopics("instances");
      Layout eight = new Layout("eight clients in two processes", 2, 4);
      ingest(servers, connection, eight.clients());
      Found one = measure(servers, connection, new Layout("one instance", 1, 1), 1);
      Found two = measure(servers, connection, new Layout("two instances", 2, 1), 2);
      Found all = measure(servers, connection, eight, 3);
      Map<String, Object> details = new LinkedHashMap<>();
      details.put("callMillis", callMillis);
      details.put("batchSize", batchSize);
      details.put("batchFillOfOne", one.batchFill());
      details.put("batchFillOfTwo", two.batchFill());
      details.put("batchFill", all.batchFill());
      details.put("twoInstancesViewsPerSecond", two.rate().perSecond());
      details.put("twoInstancesRatio", two.rate().ratioTo(one.rate()));
      details.put("localStartSeconds", servers.startSeconds());
      options.finish(new BenchResult("instances", all.rate(), List.of(one.rate()), details));
    }
    return 0;
  }

  private static void requirePositive(String option, long value) {
    if (value < 1) {
      throw CommandException.usage(option + " is " + value + ", must be at least 1");
    }
  }

  /** Enough images for all clients, from their start to their end. */
  private void ingest(BenchServers servers, ConnectionSettings connection, int clients) {
    double imagesPerSecond = clients * batchSize * 1000.0 / callMillis / views;
    // Half as much again, since no partition may run out of images.
    double wanted = 1.5 * imagesPerSecond * (options.seconds() + SETTLE_MILLIS / 1000.0 + 20);
    long ingested = 0;
    for (int copy = 0; ingested < wanted; copy++) {
      ingested +=
          IngestBench.pass(connection, options, servers.folder(), "copy-" + copy).sourceImages();
    }
  }

  private Found measure(
      BenchServers servers, ConnectionSettings connection, Layout layout, long seed)
      throws InterruptedException, IOException {
    System.err.println("Starting " + layout.name() + "…");
    List<ClientProcess> processes = new ArrayList<>();
    try {
      for (int number = 0; number < layout.processes(); number++) {
        Path log = servers.folder().resolve("clients-" + seed + "-" + number + ".log");
        processes.add(
            ClientProcess.start(arguments(servers.folder(), connection, layout, seed), log));
      }
      awaitWork(processes, layout.clients());
      Thread.sleep(SETTLE_MILLIS);
      ClientCounts before = counts(processes);
      long start = System.nanoTime();
      Thread.sleep(Math.round(1000 * options.seconds()));
      ClientCounts after = counts(processes);
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Found(
          new Measurement(
              layout.name(),
              "views",
              (after.total() - before.total()) * views,
              0,
              seconds,
              after.cpuSeconds() - before.cpuSeconds()),
          (double) (after.requests() - before.requests())
              / Math.max(1, after.places() - before.places()));
    } finally {
      processes.forEach(ClientProcess::close);
    }
  }

  private static void awaitWork(List<ClientProcess> processes, int clients)
      throws InterruptedException {
    long limit = System.nanoTime() + START_SECONDS * 1_000_000_000;
    while (!counts(processes).atWork(clients)) {
      if (System.nanoTime() > limit) {
        throw CommandException.failed(
            "Not all clients had work within " + START_SECONDS + " s; is the machine busy?");
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static ClientCounts counts(List<ClientProcess> processes) {
    return processes.stream()
        .map(ClientProcess::counts)
        .reduce(ClientCounts.NONE, ClientCounts::plus);
  }

  private List<String> arguments(
      Path folder, ConnectionSettings connection, Layout layout, long seed) throws IOException {
    // Properties may hold secrets, which belong into a file; the folder is readable for its owner.
    Path properties = folder.resolve("clients.properties");
    Properties clientProperties = new Properties();
    clientProperties.putAll(connection.clientProperties());
    try (Writer writer = Files.newBufferedWriter(properties)) {
      clientProperties.store(writer, null);
    }
    return List.of(
        "bench",
        "clients",
        "--bootstrap-server",
        connection.bootstrapServers(),
        "--schema-registry-url",
        connection.schemaRegistryUrl(),
        "--topic-prefix",
        connection.topics().prefix(),
        "--command-config",
        properties.toString(),
        "--clients",
        Integer.toString(layout.clientsOfProcess()),
        "--threads",
        Integer.toString(Math.max(FEWEST_THREADS, THREADS / layout.clients())),
        "--views",
        Integer.toString(views),
        "--batch-size",
        Integer.toString(batchSize),
        "--call-millis",
        Long.toString(callMillis),
        "--seed",
        Long.toString(seed));
  }
}
