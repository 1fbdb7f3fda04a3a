package io.viewstream.kafka.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes small files so that each is there whole, or as it was before: an interrupt or a full disk
 * leaves no part of it under its name, and a failure none beside it. Links, pipes and devices are
 * written to where they are instead.
 */
public final class WholeFile {

  private WholeFile() {}

  /**
   * Writes a file, with its folders.
   *
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, byte[] content) throws IOException {
    if (isWrittenInPlace(file)) {
      Files.write(file, content);
      return;
    }
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.createDirectories(file.toAbsolutePath().getParent());
    try {
      Files.write(temporary, content);
      Files.move(
          temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Whether replacing a name would take a link, a pipe or a device such as /dev/stdout away. */
  static boolean isWrittenInPlace(Path file) {
    return Files.isSymbolicLink(file)
        || (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file));
  }

  /**
   * Writes a file in UTF-8, with its folders.
   *
   * @throws CommandException if it cannot be written
   */
  public static void writeText(Path file, String text) {
    try {
      write(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw CommandException.failed("Cannot write " + file + ": " + Reason.of(e), e);
    }
  }
}
