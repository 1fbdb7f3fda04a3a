package io.viewstream.generators.internal.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that is gone when it is closed or, if the process is killed before, when the next one is
 * made.
 *
 * <p>Beside each folder lies an empty file of the same name and the ending {@code .lock}, which is
 * there and locked before the folder is made. The operating system frees the lock of a process that
 * dies: a lock file that can be locked belongs to nobody any more, and neither does its folder.
 */
final class TemporaryFolder implements AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger(TemporaryFolder.class);
  private static final String PREFIX = "viewstream-package-";
  private static final String LOCK = ".lock";

  // The lock files of this process. To open and close one of them here would free its lock.
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path lockFile;
  private final FileChannel lock;
  private final Path path;

  private TemporaryFolder(Path lockFile, FileChannel lock, Path path) {
    this.lockFile = lockFile;
    this.lock = lock;
    this.path = path;
  }

  /**
   * Makes a folder, and deletes those of this user that dead processes left behind.
   *
   * @param parent exists
   */
  static TemporaryFolder create(Path parent) throws IOException {
    // One name for each lock file, so that our own are known again.
    Path real = parent.toRealPath();
    while (true) {
      Path lockFile;
      synchronized (OWN) {
        // Known as our own before another thread's sweep can see it.
        lockFile = Files.createTempFile(real, PREFIX, LOCK);
        OWN.add(lockFile);
      }
      @Nullable TemporaryFolder folder = null;
      try {
        folder = open(lockFile);
        if (folder != null) {
          sweep(real, lockFile);
          return folder;
        }
      } finally {
        if (folder == null) {
          OWN.remove(lockFile);
        }
      }
    }
  }

  /** Null if another process took the file for one that was left behind, and deletes it. */
  private static @Nullable TemporaryFolder open(Path lockFile) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      return null;
    }
    try {
      @Nullable FileLock lock = channel.tryLock();
      if (lock != null && Files.exists(lockFile)) {
        return new TemporaryFolder(lockFile, channel, createPrivate(folderOf(lockFile)));
      }
    } catch (IOException | RuntimeException e) {
      try (channel) {
        Files.deleteIfExists(lockFile);
      }
      throw e;
    }
    channel.close();
    return null;
  }

  /** For this user alone, as temporary folders are. */
  private static Path createPrivate(Path folder) throws IOException {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
        : Files.createDirectory(folder);
  }

  private static Path folderOf(Path lockFile) {
    String name = lockFile.getFileName().toString();
    return lockFile.resolveSibling(name.substring(0, name.length() - LOCK.length()));
  }

  private static void sweep(Path parent, Path own) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(parent, PREFIX + "*" + LOCK)) {
      UserPrincipal owner = Files.getOwner(own);
      for (Path file : files) {
        sweepOne(file, owner);
      }
    } catch (IOException | RuntimeException e) {
      LOGGER.debug("Folders left in {} stay there: {}", parent, e.toString());
    }
  }

  private static void sweepOne(Path lockFile, UserPrincipal owner) {
    synchronized (OWN) {
      Path folder = folderOf(lockFile);
      if (OWN.contains(lockFile)) {
        return;
      }
      try {
        if (!Files.getOwner(lockFile, LinkOption.NOFOLLOW_LINKS).equals(owner)
            || !Files.isRegularFile(lockFile, LinkOption.NOFOLLOW_LINKS)) {
          return;
        }
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
            @Nullable FileLock lock = channel.tryLock()) {
          if (lock != null) {
            if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(owner)) {
              delete(folder);
              LOGGER.info("Deleted {}, which a process that was killed had left", folder);
            }
            Files.deleteIfExists(lockFile);
          }
        }
      } catch (IOException e) {
        // Another process was faster, or may and we may not.
        LOGGER.debug("{} stays: {}", folder, e.toString());
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }

  Path path() {
    return path;
  }

  /** Deletes the folder with all that is in it. */
  @Override
  public void close() throws IOException {
    try (lock) {
      delete(path);
      // Only now: what could not be deleted is left for the next sweep.
      Files.deleteIfExists(lockFile);
    } finally {
      OWN.remove(lockFile);
    }
  }
}
