package io.viewstream.trainer.export;

import io.viewstream.kafka.command.Reason;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file that a command makes: written beside its place under another name, then renamed, so that
 * whatever goes wrong it is there whole or as it was before.
 */
public final class OutputFile {

  private final Path path;

  private OutputFile(Path path) {
    this.path = path;
  }

  /** Writes a whole file. */
  @FunctionalInterface
  public interface Content {
    /** Writes to a path at which no file is. */
    void writeTo(Path path) throws IOException;
  }

  /**
   * A file to be written.
   *
   * @param overwrite whether one that is there may be replaced
   * @throws ExportException if one is there and may not be, or a folder is
   */
  public static OutputFile of(Path path, boolean overwrite) {
    if (Files.isDirectory(path)) {
      throw new ExportException(path + " is a folder; --output must name a file");
    }
    if (Files.exists(path) && !overwrite) {
      throw new ExportException(
          path + " is there already; name another --output, or replace it with --overwrite");
    }
    return new OutputFile(path.toAbsolutePath());
  }

  /** Where it will be. */
  public Path path() {
    return path;
  }

  /**
   * Writes it; the folder is created if there is none.
   *
   * @throws ExportException if that fails
   */
  public void write(Content content) {
    Path temporary = sibling("tmp");
    try {
      createFolder();
      try {
        content.writeTo(temporary);
        move(temporary);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** A file beside this one, for what is only needed until this one is written. */
  Path sibling(String ending) {
    return path.resolveSibling(path.getFileName() + "." + ending);
  }

  void createFolder() throws IOException {
    Files.createDirectories(path.getParent());
  }

  ExportException failure(IOException cause) {
    String reason =
        cause instanceof NoSuchFileException
            ? "no file can be made in " + path.getParent()
            : Reason.of(cause);
    return new ExportException("Cannot write " + path + ": " + reason, cause);
  }

  private void move(Path temporary) throws IOException {
    try {
      Files.move(
          temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
