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
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

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
    footer = {"", "'viewstream help COMMAND' shows the options of a command."})
public final class Viewstream implements Runnable {

  private static final int HELP_WIDTH = 100;

  private static final String HELP = "help";

  private static final List<CommandGroup> GROUPS =
      List.of(
          new CommandGroup("On this machine")
              .with("demo", DemoCommand::new)
              .with("local", LocalCommand::new)
              .with("bench", BenchCommand::new),
          new CommandGroup("Data plane")
              .with("topics", TopicsCommand::new)
              .with("produce", ProduceCommand::new)
              .with("generate", GenerateCommand::new)
              .with("augment", AugmentCommand::new)
              .with("train", TrainCommand::new)
              .with("evaluate", EvaluateCommand::new)
              .with("experiment", ExperimentCommand::new)
              .with("inspect", InspectCommand::new),
          new CommandGroup("Trained encoders")
              .with("export", ExportCommand::new)
              .with("embed", EmbedCommand::new)
              .with("similarity", SimilarityCommand::new));

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
      String[] plain = withHelpAsOption(arguments);
      exitCode = commandLine(plain).execute(plain);
    } catch (OutOfMemoryError | LinkageError e) {
      // Picocli's handlers see exceptions alone, and threads that are left would keep the process.
      exitCode = FailureLine.print(e, System.err);
    }
    System.exit(exitCode);
  }

  /**
   * The command line that asks for the same help as one that begins with {@code help}: {@code help
   * topics create} is {@code topics create --help}. Others are left as they are.
   */
  static String[] withHelpAsOption(String... arguments) {
    if (arguments.length == 0 || !arguments[0].equals(HELP)) {
      return arguments;
    }
    return Stream.concat(
            Arrays.stream(arguments).skip(1).filter(argument -> !argument.equals(HELP)),
            Stream.of("--help"))
        .toArray(String[]::new);
  }

  /** The command with all its subcommands. */
  static CommandLine commandLine() {
    return commandLine(name -> true);
  }

  /**
   * The command with what is needed for a command line: with the subcommand that it names alone,
   * since making all of them is a good part of a start; or with all, for help and for errors.
   */
  static CommandLine commandLine(String... arguments) {
    return arguments.length > 0
            && GROUPS.stream().anyMatch(group -> group.commands().containsKey(arguments[0]))
        ? commandLine(arguments[0]::equals)
        : commandLine();
  }

  private static CommandLine commandLine(Predicate<String> isNeeded) {
    CommandLine root = new CommandLine(new Viewstream());
    for (CommandGroup group : GROUPS) {
      group
          .commands()
          .forEach(
              (name, command) -> {
                if (isNeeded.test(name)) {
                  root.addSubcommand(name, command.get());
                }
              });
    }
    CommandGroup.install(root, GROUPS);
    FailureLine.install(root);
    root.setExecutionStrategy(Viewstream::execute);
    root.setUsageHelpWidth(HELP_WIDTH);
    root.setAbbreviatedOptionsAllowed(false);
    return root;
  }

  /** Runs what was asked for, once it is known that its outcome can be written. */
  private static int execute(ParseResult parsed) {
    CommandLine last = parsed.asCommandLineList().getLast();
    List<String> unmatched = last.getParseResult().unmatched();
    if (!last.getSubcommands().isEmpty() && !unmatched.isEmpty()) {
      // picocli lets them pass where help is asked for.
      throw new UnmatchedArgumentException(last, unmatched);
    }
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
