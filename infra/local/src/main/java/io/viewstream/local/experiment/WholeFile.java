package io.viewstream.local.experiment;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes text files so that each is there whole, or as it was before. */
final class WholeFile {

  private WholeFile() {}

  /**
   * Writes a file in UTF-8, with its folders.
   *
   * @throws CommandException if it cannot be written
   */
  static void write(Path file, String text) {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(temporary, text);
      Files.move(
          temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw CommandException.failed("Cannot write " + file + ": " + Reason.of(e), e);
    }
  }
}
