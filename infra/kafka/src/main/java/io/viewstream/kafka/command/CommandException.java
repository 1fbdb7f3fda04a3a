package io.viewstream.kafka.command;

import org.jspecify.annotations.Nullable;

/**
 * Ends a command with one line for the user and an exit code. The message names the file, topic or
 * setting, the value, the limit and the remedy; the cause is shown only with {@code -v}.
 */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Exit code of a command that could not do its work. */
  public static final int FAILED = 1;

  /** Exit code of a command that was called wrongly. */
  public static final int USAGE = 2;

  /** Exit code of a command that was interrupted before its work was done. */
  public static final int INTERRUPTED = 130;

  private final int exitCode;

  private CommandException(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** The work could not be done. */
  public static CommandException failed(String message) {
    return new CommandException(FAILED, message, null);
  }

  /** The work could not be done. */
  public static CommandException failed(String message, @Nullable Throwable cause) {
    return new CommandException(FAILED, message, cause);
  }

  /** An option or argument has a value that it cannot have. */
  public static CommandException usage(String message) {
    return new CommandException(USAGE, message, null);
  }

  /** Ctrl-C or SIGTERM came before the work was done. */
  public static CommandException interrupted(String message) {
    return new CommandException(INTERRUPTED, message, null);
  }

  /** The exit code: 1 failed, 2 usage, 130 interrupted. */
  public int exitCode() {
    return exitCode;
  }
}
