package io.viewstream.augment.internal;

import io.viewstream.generators.DeviceFailedException;
import io.viewstream.generators.GenerationAbandonedException;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.serde.RegistryUnavailableException;
import io.viewstream.schemas.serde.SchemaNotRegisteredException;

/** Why the stream threads ended, in one line. */
public final class StreamsFailure {
  private StreamsFailure() {}

  /**
   * What ends the command.
   *
   * @param run name of the run
   * @param thrown what left a stream thread; Streams wraps what {@code process()} threw
   */
  public static CommandException of(String run, Throwable thrown) {
    Throwable cause = thrown;
    while (!isOurs(cause) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String reason =
        isOurs(cause)
            ? String.valueOf(cause.getMessage())
            : cause.getClass().getSimpleName() + ": " + cause.getMessage();
    return CommandException.failed(
        "Run '"
            + run
            + "' stopped, its open transactions are aborted and no record is lost; "
            + remedy(cause)
            + ": "
            + reason,
        thrown);
  }

  private static boolean isOurs(Throwable cause) {
    return cause instanceof RegistryUnavailableException
        || cause instanceof SchemaNotRegisteredException
        || cause instanceof DeviceFailedException
        || cause instanceof GenerationAbandonedException;
  }

  private static String remedy(Throwable cause) {
    return switch (cause) {
      case RegistryUnavailableException ignored ->
          "start it again when the schema registry is back";
      case DeviceFailedException ignored -> "check the device and start it again";
      default -> "start it again to go on";
    };
  }
}
