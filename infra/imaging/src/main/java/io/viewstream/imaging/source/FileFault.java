package io.viewstream.imaging.source;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * What is wrong with a file, as the end of a line that names it. Java's own messages are the path
 * alone for the most frequent faults, and may be missing.
 *
 * <p>The words are those of {@code Reason} in infra/kafka, which images know nothing of.
 */
public final class FileFault {

  private FileFault() {}

  /** The fault in words. */
  public static String of(IOException fault) {
    return switch (fault) {
      case FileSystemException known when known.getReason() != null -> known.getReason();
      case AccessDeniedException denied -> "permission denied";
      case NoSuchFileException missing -> "there is no such file";
      case FileAlreadyExistsException there -> "a file of that name is in the way";
      case CharacterCodingException other -> "it is not text in UTF-8";
      default -> fault.getMessage() == null ? fault.getClass().getSimpleName() : fault.getMessage();
    };
  }
}
