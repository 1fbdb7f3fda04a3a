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
 * JVM included, until it is at work. The first start is one without an archive of classes, as after
 * a build; later ones have it.
 */
@Command(
    name = "start-up",
    description =
        "How long produce, augment, train and local take from the start of their process until"
            + " they are at work.")
final class StartUpBench implements Callable<Integer> {
  private static final int LATER_STARTS = 3;
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
      List<Double> local = new ArrayList<>();
      CommandRun cold = local(folder, 0);
      for (int run = 1; run <= LATER_STARTS; run++) {
        local.add(local(folder, run).secondsToMark().orElseThrow());
      }
      figures.add(
          "local: first start", "s", cold.secondsToMark().orElseThrow(), LOCAL_LIMIT_SECONDS);
      figures.add("local: later starts", "s", median(local), LOCAL_LIMIT_SECONDS);
    }
    System.out.println(figures.text());
    figures.report("start-up").write(options.common().report());
    return 0;
  }

  private void measure(Path folder, String name, String mark, double limit, Arguments arguments)
      throws Exception {
    double first = 0;
    List<Double> later = new ArrayList<>();
    for (int i = 0; i <= LATER_STARTS; i++) {
      CommandRun run = CommandRun.of(folder, arguments.of(runs++), mark, false);
      double seconds = run.secondsToMark().orElse(run.seconds());
      if (i == 0) {
        first = seconds;
      } else {
        later.add(seconds);
      }
    }
    figures.add(name + ", first start", "s", first, limit);
    figures.add(name + ", later starts", "s", median(later), limit);
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

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
