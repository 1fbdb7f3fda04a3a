package io.viewstream.embedded.internal;

import io.viewstream.embedded.EmbeddedServerException;
import io.viewstream.kafka.command.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one server, locked against a second user: given ones are kept, temporary ones
 * vanish on close. Not thread-safe.
 */
public final class DataDirectory implements AutoCloseable {

  private static final String LOCK_FILE = ".viewstream-lock";

  private final Path path;
  private final boolean temporary;
  private final FileChannel channel;

  private DataDirectory(Path path, boolean temporary, FileChannel channel) {
    this.path = path;
    this.temporary = temporary;
    this.channel = channel;
  }

  /**
   * Locks a folder, which is made where it is missing.
   *
   * @param given the folder to keep, or null for a temporary one
   * @param server what uses it, for messages and for the name of the temporary folder
   */
  public static DataDirectory open(@Nullable Path given, String server) {
    try {
      Path path =
          given == null
              ? Files.createTempDirectory("viewstream-" + server + "-")
              : Files.createDirectories(given.toAbsolutePath().normalize());
      return new DataDirectory(path, given == null, lock(path, server));
    } catch (IOException e) {
      throw new EmbeddedServerException(
          "Data folder %s of the %s cannot be written (%s)"
              .formatted(
                  given == null ? System.getProperty("java.io.tmpdir") : given,
                  server,
                  Reason.of(e)),
          e);
    }
  }

  private static FileChannel lock(Path path, String server) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // This very process holds it: told below in the same words.
    }
    channel.close();
    throw new EmbeddedServerException(
        "Data folder %s is in use by another %s; stop that one or choose another folder"
            .formatted(path, server));
  }

  public Path path() {
    return path;
  }

  public boolean temporary() {
    return temporary;
  }

  /** Unlocks the folder and, if it is temporary, deletes it. May be called again. */
  @Override
  public void close() {
    try {
      channel.close();
      if (temporary) {
        deleteRecursively(path);
      }
    } catch (IOException e) {
      throw new EmbeddedServerException(
          "Data folder " + path + " cannot be released (" + Reason.of(e) + ")", e);
    }
  }

  private static void deleteRecursively(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            // A server's own thread may delete a file of its while we walk.
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
