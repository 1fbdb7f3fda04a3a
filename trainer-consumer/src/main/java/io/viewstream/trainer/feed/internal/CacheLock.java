package io.viewstream.trainer.feed.internal;

import io.viewstream.trainer.feed.FeedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One process's hold of a cache's folder: a lock on a file in it, which ends with the process. */
final class CacheLock implements AutoCloseable {

  private static final String FILE = "lock";

  private final Path folder;
  private final FileChannel channel;

  private CacheLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Takes hold of a folder that is there.
   *
   * @throws IOException if the file cannot be made
   * @throws FeedException if another process has it
   */
  static CacheLock of(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // This process holds it: the same answer as for any other process.
    }
    if (lock == null) {
      channel.close();
      throw new FeedException(
          "The cache "
              + folder
              + " is in use by another trainer; give this one its own --cache-dir");
    }
    return new CacheLock(folder, channel);
  }

  /** Deletes what an earlier process left in the folder. */
  void deleteEverythingElse() throws IOException {
    try (Stream<Path> left = Files.walk(folder)) {
      for (Path file : left.filter(path -> !path.equals(folder)).toList().reversed()) {
        if (!file.getFileName().toString().equals(FILE)) {
          Files.delete(file);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
