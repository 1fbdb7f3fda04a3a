package io.viewstream.local.bench;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code viewstream bench growth}: what ten times the images cost in time and memory, each stage in
 * a process of its own. Times are the stages' own, without their start.
 */
@Command(
    name = "growth",
    description =
        "What ten times the images cost, in time and in resident memory, in produce, augment, the"
            + " pool's filling, an epoch of the feed and the feed of --mode continuous.")
final class GrowthBench implements Callable<Integer> {
  private static final int FACTOR = 10;
  private static final double TIME_LIMIT = 10.5;
  private static final double MEMORY_LIMIT = 1.1;
  private static final long IMAGES = 5000;
  private static final int IMAGE_BYTES = 2048;

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--generator",
      paramLabel = "NAME_OR_PACKAGE",
      defaultValue = "photometric",
      description = "Generator of augment (default: ${DEFAULT-VALUE}).")
  private String generator = "photometric";

  /** What one stage took. */
  private record Cost(double seconds, double megabytes) {}

  @Override
  public Integer call() throws Exception {
    long images = options.limit().orElse(IMAGES);
    Map<String, Cost> small;
    Map<String, Cost> large;
    try (BenchServers servers = BenchServers.start(options)) {
      DrawnImages drawn = DrawnImages.ofBytes(IMAGE_BYTES);
      small = stages(servers, drawn, images);
      large = stages(servers, drawn, FACTOR * images);
    }
    LimitedFigures figures = new LimitedFigures();
    large.forEach(
        (stage, cost) -> {
          Cost before = small.getOrDefault(stage, cost);
          figures.add(
              stage + ", time of ten times the images",
              "times",
              cost.seconds() / before.seconds(),
              TIME_LIMIT);
          // Where the system does not tell, nothing is met either.
          if (before.megabytes() > 0) {
            figures.add(
                stage + ", memory of ten times the images",
                "times",
                cost.megabytes() / before.megabytes(),
                MEMORY_LIMIT);
          }
        });
    System.out.println(figures.text());
    small.forEach((stage, cost) -> System.out.println(line(stage, images, cost)));
    large.forEach((stage, cost) -> System.out.println(line(stage, FACTOR * images, cost)));
    figures
        .report("growth")
        .put("images", images)
        .put("costs", small)
        .put("costsOfTenTimesTheImages", large)
        .write(options.common().report());
    return 0;
  }

  private static String line(String stage, long images, Cost cost) {
    return "%-28s %7d images: %8.2f s, %6.0f MB resident at most"
        .formatted(stage, images, cost.seconds(), cost.megabytes());
  }

  private Map<String, Cost> stages(BenchServers servers, DrawnImages drawn, long images)
      throws Exception {
    Path folder = servers.folder();
    System.err.println("With " + images + " images…");
    Path archive = drawn.archive(folder.resolve("images-" + images + ".tar"), images);
    ConnectionSettings connection = servers.createTopics("growth-" + images);
    List<String> cluster = CommandRun.connection(connection, folder);
    Map<String, Cost> costs = new LinkedHashMap<>();
    costs.put("produce", run(folder, cluster, "seconds", "produce", "--images", "" + archive));
    costs.put(
        "augment, " + generator,
        run(
            folder,
            cluster,
            "seconds",
            "augment",
            "--generator=" + generator,
            "--views=1",
            "--run=growth",
            "--until-caught-up"));
    CommandRun feed =
        CommandRun.of(
            folder,
            arguments(
                cluster, "bench", FeedOnce.NAME, "--cache-dir", "" + folder.resolve("c" + images)),
            "",
            false);
    double megabytes = feed.peakBytes() / 1e6;
    costs.put("pool fill", new Cost(seconds(feed, FeedOnce.FILL_SECONDS), megabytes));
    costs.put("feed, one epoch", new Cost(seconds(feed, FeedOnce.EPOCH_SECONDS), megabytes));
    Path windows = Files.createDirectories(folder.resolve("w" + images));
    costs.put(
        "continuous feed",
        run(
            folder,
            cluster,
            FeedOnce.WINDOWS_SECONDS,
            "bench",
            FeedOnce.NAME,
            "--cache-dir=" + windows,
            FeedOnce.WINDOWS + "=" + images));
    return costs;
  }

  private static Cost run(Path folder, List<String> cluster, String key, String... command)
      throws Exception {
    CommandRun run = CommandRun.of(folder, arguments(cluster, command), "", false);
    return new Cost(seconds(run, key), run.peakBytes() / 1e6);
  }

  private static double seconds(CommandRun run, String key) {
    double seconds = run.report().path(key).asDouble();
    if (!(seconds > 0)) {
      throw CommandException.failed("A report without " + key + ": " + run.report());
    }
    return seconds;
  }

  private static List<String> arguments(List<String> cluster, String... command) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(cluster);
    return arguments;
  }
}
