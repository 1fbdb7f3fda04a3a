package io.viewstream.kafka.command;

import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.apache.kafka.common.KafkaException;

/**
 * Why something failed, as the end of a line for the user. The messages of some exceptions are of
 * no use there: those of file systems are often the bare path, and Kafka's clients hide what is
 * wrong with a setting in the cause.
 *
 * <p>Faults of files have the words of {@code FileFault} in infra/imaging, which knows nothing of
 * Kafka.
 */
public final class Reason {

  private Reason() {}

  /** The reason, on one line. */
  public static String of(Throwable failure) {
    Throwable cause = failure.getCause();
    return switch (failure) {
      // Before the kinds: who gives a reason says more than the kind does.
      case FileSystemException known when known.getReason() != null -> line(known.getReason());
      case NoSuchFileException ignored -> "there is no such file";
      case AccessDeniedException ignored -> "permission denied";
      case FileAlreadyExistsException ignored -> "a file of that name is in the way";
      case CharacterCodingException ignored -> "it is not text in UTF-8";
      // The class itself stands for "failed to construct"; its subclasses say what they mean.
      case KafkaException wrapper
          when cause != null && wrapper.getClass() == KafkaException.class ->
          of(cause);
      default ->
          failure.getMessage() == null
              ? failure.getClass().getSimpleName()
              : line(failure.getMessage());
    };
  }

  private static String line(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
