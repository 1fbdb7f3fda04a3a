package io.viewstream.local;

import io.viewstream.augment.AugmentCommand;
import io.viewstream.augment.GenerateCommand;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.JsonReport;
import io.viewstream.local.bench.BenchCommand;
import io.viewstream.local.internal.CommandGroup;
import io.viewstream.local.internal.FailureLine;
import io.viewstream.local.internal.Logging;
import io.viewstream.local.internal.ProjectVersion;
import io.viewstream.producer.ProduceCommand;
import io.viewstream.trainer.evaluate.EvaluateCommand;
import io.viewstream.trainer.export.EmbedCommand;
import io.viewstream.trainer.export.ExportCommand;
import io.viewstream.trainer.similarity.SimilarityCommand;
import io.viewstream.trainer.train.TrainCommand;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The {@code viewstream} command.
 *
 * <p>Exit codes: 0 done, 1 failed, 2 called wrongly, 130 interrupted before the work was done.
 */
@Command(
    name = "viewstream",
    synopsisSubcommandLabel = "COMMAND",
    description = "Generated views for self-supervised learning, as a stream.",
    versionProvider = ProjectVersion.class,
    footer = {"", "'viewstream COMMAND --help' shows the options of a command."})
public final class Viewstream implements Runnable {

  private static final int HELP_WIDTH = 100;

  private static final List<CommandGroup> GROUPS =
      List.of(
          new CommandGroup("On this machine", List.of("demo", "local", "bench")),
          new CommandGroup(
              "Data plane",
              List.of(
                  "topics",
                  "produce",
                  "generate",
                  "augment",
                  "train",
                  "evaluate",
                  "experiment",
                  "inspect")),
          new CommandGroup("Trained encoders", List.of("export", "embed", "similarity")));

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean version;

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Logging.configure(List.of(arguments));
    int exitCode;
    try {
      exitCode = commandLine(arguments).execute(arguments);
    } catch (OutOfMemoryError | LinkageError e) {
      // Picocli's handlers see exceptions alone, and threads that are left would keep the process.
      exitCode = FailureLine.print(e, System.err);
    }
    System.exit(exitCode);
  }

  /** The command with all its subcommands. */
  static CommandLine commandLine() {
    return commandLine(GROUPS.stream().flatMap(group -> group.commands().stream()).toList());
  }

  /**
   * The command with what is needed for a command line: with the subcommand that it names alone,
   * since making all of them is a good part of a start; or with all, for help and for errors.
   */
  static CommandLine commandLine(String... arguments) {
    return arguments.length > 0
            && GROUPS.stream().anyMatch(group -> group.commands().contains(arguments[0]))
        ? commandLine(List.of(arguments[0]))
        : commandLine();
  }

  private static CommandLine commandLine(List<String> subcommands) {
    CommandLine root = new CommandLine(new Viewstream());
    subcommands.forEach(name -> root.addSubcommand(subcommand(name)));
    CommandGroup.install(root, GROUPS);
    FailureLine.install(root);
    root.setExecutionStrategy(Viewstream::execute);
    root.setUsageHelpWidth(HELP_WIDTH);
    root.setAbbreviatedOptionsAllowed(false);
    return root;
  }

  private static Object subcommand(String name) {
    return switch (name) {
      case "demo" -> new DemoCommand();
      case "local" -> new LocalCommand();
      case "bench" -> new BenchCommand();
      case "topics" -> new TopicsCommand();
      case "produce" -> new ProduceCommand();
      case "generate" -> new GenerateCommand();
      case "augment" -> new AugmentCommand();
      case "train" -> new TrainCommand();
      case "evaluate" -> new EvaluateCommand();
      case "experiment" -> new ExperimentCommand();
      case "inspect" -> new InspectCommand();
      case "export" -> new ExportCommand();
      case "embed" -> new EmbedCommand();
      case "similarity" -> new SimilarityCommand();
      default -> throw new IllegalArgumentException("There is no command " + name);
    };
  }

  /** Runs what was asked for, once it is known that its outcome can be written. */
  private static int execute(ParseResult parsed) {
    for (CommandLine command : parsed.asCommandLineList()) {
      Path report = command.getParseResult().matchedOptionValue("--report", null);
      if (report != null) {
        try {
          JsonReport.requireWritable(report);
        } catch (CommandException e) {
          throw new ExecutionException(command, e.getMessage(), e);
        }
      }
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command");
  }
}
