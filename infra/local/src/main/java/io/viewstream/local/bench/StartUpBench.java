package io.viewstream.local.bench;

import io.viewstream.kafka.ConnectionSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code viewstream bench start-up}: how long each service takes from the start of its process, the
 * JVM included, until it is at work: the slowest of {@value #STARTS} starts.
 */
@Command(
    name = "start-up",
    description =
        "How long produce, augment, train and local take from the start of their process until"
            + " they are at work.")
final class StartUpBench implements Callable<Integer> {
  private static final int STARTS = 4;
  private static final double SERVICE_LIMIT_SECONDS = 3;
  private static final double LOCAL_LIMIT_SECONDS = 12;
  private static final int IMAGES = 64;
  private static final int IMAGE_BYTES = 2048;

  @Mixin private BenchOptions options = new BenchOptions();

  private final LimitedFigures figures = new LimitedFigures();
  private int runs;

  private interface Arguments {
    /** The command line of one run; each has names of its own. */
    List<String> of(int run);
  }

  @Override
  public Integer call() throws Exception {
    try (BenchServers servers = BenchServers.start(options)) {
      Path folder = servers.folder();
      ConnectionSettings connection = servers.createTopics("start-up");
      List<String> cluster = CommandRun.connection(connection, folder);
      Path images = DrawnImages.ofBytes(IMAGE_BYTES).archive(folder.resolve("few.tar"), IMAGES);
      measure(
          folder,
          "produce: until " + IMAGES + " images are delivered",
          " ingested in ",
          SERVICE_LIMIT_SECONDS,
          run -> arguments(cluster, "produce", "--images", images, "--dataset", "run-" + run));
      String firstRun = "run-" + runs;
      measure(
          folder,
          "augment: until its stream threads run",
          " started: ",
          SERVICE_LIMIT_SECONDS,
          run ->
              arguments(
                  cluster,
                  "augment",
                  "--generator=photometric",
                  "--run=run-" + run,
                  "--views=1",
                  "--until-caught-up"));
      measure(
          folder,
          "train: until its first step",
          "Training simclr on",
          SERVICE_LIMIT_SECONDS,
          run ->
              arguments(
                  cluster,
                  "train",
                  "--width=8",
                  "--views-from=" + firstRun,
                  "--steps=1",
                  "--batch-size=32",
                  "--cache-dir",
                  folder.resolve("cache-" + run),
                  "--checkpoint-dir",
                  folder.resolve("checkpoints-" + run)));
      double local = 0;
      for (int run = 0; run < STARTS; run++) {
        local = Math.max(local, local(folder, run).secondsToMark().orElseThrow());
      }
      figures.add("local: until broker and registry answer", "s", local, LOCAL_LIMIT_SECONDS);
    }
    System.out.println(figures.text());
    figures.report("start-up").write(options.common().report());
    return 0;
  }

  private void measure(Path folder, String name, String mark, double limit, Arguments arguments)
      throws Exception {
    double slowest = 0;
    for (int i = 0; i < STARTS; i++) {
      CommandRun run = CommandRun.of(folder, arguments.of(runs++), mark, false);
      slowest = Math.max(slowest, run.secondsToMark().orElse(run.seconds()));
    }
    figures.add(name, "s", slowest, limit);
  }

  private static CommandRun local(Path folder, int run) throws Exception {
    return CommandRun.of(
        folder,
        arguments(
            List.of(),
            "local",
            "--port=0",
            "--registry-port=0",
            "--data-dir",
            folder.resolve("local-" + run)),
        "Schema registry  http",
        true);
  }

  private static List<String> arguments(List<String> cluster, Object... command) {
    List<String> arguments = new ArrayList<>();
    Arrays.stream(command).map(String::valueOf).forEach(arguments::add);
    arguments.addAll(cluster);
    return arguments;
  }
}
