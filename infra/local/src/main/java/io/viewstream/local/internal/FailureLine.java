package io.viewstream.local.internal;

import io.viewstream.embedded.EmbeddedServerException;
import io.viewstream.kafka.command.CommandException;
import java.io.PrintStream;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Failures as the user sees them: one line on standard error and an exit code. */
public final class FailureLine {

  private FailureLine() {}

  /** Sets a command and all its subcommands up to end failures this way. */
  public static void install(CommandLine root) {
    root.setParameterExceptionHandler((failure, arguments) -> usage(failure));
    root.setExecutionExceptionHandler(
        (failure, command, parsed) -> execution(failure, command, parsed));
  }

  /**
   * Tells of what ended the process and is no fault of a command: memory that ran out, a native
   * library that does not load.
   *
   * @return the exit code
   */
  public static int print(Error failure, PrintStream error) {
    String remedy =
        failure instanceof OutOfMemoryError
            ? "; VIEWSTREAM_JAVA_OPTIONS=-Xmx4g gives it more"
            : "; is this machine's processor or system another than the build's?";
    error.println("viewstream: " + failure + remedy);
    return CommandException.FAILED;
  }

  private static int usage(ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    PrintWriter error = command.getErr();
    error.println(
        command
            .getColorScheme()
            .errorText("viewstream: " + plain(firstLine(failure.getMessage()))));
    UnmatchedArgumentException.printSuggestions(failure, error);
    error.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    error.flush();
    return CommandException.USAGE;
  }

  private static int execution(Exception failure, CommandLine command, ParseResult parsed) {
    PrintWriter error = command.getErr();
    int exitCode =
        switch (failure) {
          case CommandException known -> known.exitCode();
          case InterruptedException interrupted -> CommandException.INTERRUPTED;
          default -> CommandException.FAILED;
        };
    error.println(command.getColorScheme().errorText("viewstream: " + line(failure)));
    if (verbose(parsed)) {
      failure.printStackTrace(error);
    } else if (!expected(failure)) {
      error.println("This was not foreseen; -v shows where it happened.");
    }
    if (exitCode == CommandException.USAGE) {
      error.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    }
    error.flush();
    return exitCode;
  }

  private static boolean expected(Exception failure) {
    return failure instanceof CommandException
        || failure instanceof EmbeddedServerException
        || failure instanceof InterruptedException;
  }

  private static String line(Exception failure) {
    String message = failure.getMessage();
    if (failure instanceof InterruptedException) {
      return "Interrupted";
    }
    return expected(failure) && message != null ? message : failure.toString();
  }

  private static boolean verbose(ParseResult parsed) {
    return parsed.asCommandLineList().stream()
        .anyMatch(command -> command.getParseResult().hasMatchedOption("--verbose"));
  }

  /** Names of Java's types say nothing to a user, and picocli says "option" twice of a map. */
  private static String plain(String message) {
    return message
        .replaceFirst("^Value for option option ", "Value for option ")
        .replaceFirst(" is not an int$", " is not a whole number up to " + Integer.MAX_VALUE)
        .replaceFirst(" is not a long$", " is not a whole number up to " + Long.MAX_VALUE)
        .replaceFirst(" is not a (double|float)$", " is not a number");
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }
}
