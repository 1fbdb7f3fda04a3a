package io.viewstream.local.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code viewstream bench}: names the benchmarks. */
@Command(
    name = "bench",
    description = {
      "Measure this machine: throughput, processor time, and the ratio to what bounds it.",
      "Servers run in a process of their own, unless a cluster is named."
    },
    subcommands = {
      IngestBench.class,
      GenerateBench.class,
      StreamBench.class,
      InstancesBench.class,
      ClientsCommand.class,
      FeedBench.class,
      TrainBench.class,
      GrowthBench.class,
      StartUpBench.class,
      FeedOnce.class
    })
public final class BenchCommand implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "Name a benchmark: ingest, generate, stream, instances, feed, train, growth or start-up");
  }
}
