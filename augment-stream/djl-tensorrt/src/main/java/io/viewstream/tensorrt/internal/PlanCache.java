package io.viewstream.tensorrt.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plans in a directory that processes share, one file for each {@link PlanKey}.
 *
 * <p>A plan appears in one step (a temporary file, made durable, then renamed), so a reader sees a
 * whole plan or none, whatever crashes. Reading takes no lock and works in a directory that cannot
 * be written. Building takes the lock of the key, an empty file beside the plan: the first process
 * builds, the others wait and take its plan. The operating system frees the lock of a process that
 * dies. What such a process left half done is deleted by the next that holds its lock.
 */
final class PlanCache {

  private static final Logger LOGGER = LoggerFactory.getLogger(PlanCache.class);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final String PLAN = ".plan";
  private static final String TEMPORARY = ".part";
  private static final String LOCK = ".lock";

  // File locks hold between processes only; these hold between the threads of this one.
  private static final ConcurrentHashMap<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private final Path directory;
  private final long limitBytes;
  private final Duration lockLimit;
  private final InstantSource clock;

  /**
   * Names a cache; the directory is made when the first plan is built.
   *
   * @param limitBytes of all plans together
   * @param lockLimit how long to wait for another process that builds the same plan
   */
  PlanCache(Path directory, long limitBytes, Duration lockLimit, InstantSource clock) {
    this.directory = directory.toAbsolutePath();
    this.limitBytes = limitBytes;
    this.lockLimit = lockLimit;
    this.clock = clock;
  }

  Path directory() {
    return directory;
  }

  /** The plan of a key, built if it is not there or is damaged. */
  PlanFile get(PlanKey key, PlanBuilder builder) {
    Optional<PlanFile> found = find(key);
    return found.isPresent() ? found.get() : build(key, "", builder);
  }

  /**
   * A plan instead of one that TensorRT refused: a newer one of another process, else a new one.
   *
   * @param refused SHA-256 of the plan
   */
  PlanFile replace(PlanKey key, String refused, PlanBuilder builder) {
    return build(key, refused, builder);
  }

  private Optional<PlanFile> find(PlanKey key) {
    Path path = directory.resolve(key.fileName());
    try {
      PlanFile plan = PlanFile.open(path, key);
      touch(path);
      return Optional.of(plan);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (PlanFile.DamagedException e) {
      LOGGER.warn("Plan {} is built again: {}", path, e.getMessage());
      return Optional.empty();
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private PlanBuildException unusable(IOException reason) {
    return new PlanBuildException(
        "The plan cache %s cannot be used: %s; choose another with viewstream.tensorrt.plan-cache-dir"
            .formatted(directory, reason));
  }

  /** Marks a plan as used now. Only the order of deletion depends on it. */
  private void touch(Path path) {
    try {
      Files.setLastModifiedTime(path, FileTime.from(clock.instant()));
    } catch (IOException e) {
      LOGGER.debug("Plan {} keeps its time of last use: {}", path, e.getMessage());
    }
  }

  private PlanFile build(PlanKey key, String refused, PlanBuilder builder) {
    Path path = directory.resolve(key.fileName());
    Path lockFile = directory.resolve(key.fileName() + LOCK);
    ReentrantLock lock = LOCKS.computeIfAbsent(lockFile, ignored -> new ReentrantLock());
    long deadline = System.nanoTime() + lockLimit.toNanos();
    try {
      if (!lock.tryLock(lockLimit.toNanos(), TimeUnit.NANOSECONDS)) {
        throw stillLocked(lockFile);
      }
      try {
        Files.createDirectories(directory);
        try (FileChannel channel =
                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock ignored = lock(channel, lockFile, deadline)) {
          return buildLocked(key, path, refused, builder);
        }
      } finally {
        lock.unlock();
      }
    } catch (IOException e) {
      throw unusable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlanBuildException("The wait for plan %s was interrupted".formatted(path));
    }
  }

  private static FileLock lock(FileChannel channel, Path file, long deadlineNanos)
      throws IOException, InterruptedException {
    while (true) {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() >= deadlineNanos) {
        throw stillLocked(file);
      }
      Thread.sleep(LOOK);
    }
  }

  private static PlanBuildException stillLocked(Path lockFile) {
    return new PlanBuildException(
        "Another build of the same plan did not end in time; its process holds %s"
            .formatted(lockFile));
  }

  private PlanFile buildLocked(PlanKey key, Path path, String refused, PlanBuilder builder)
      throws IOException {
    Optional<PlanFile> present = find(key);
    if (present.isPresent() && !present.get().sha256().equals(refused)) {
      return present.get();
    }
    Path temporary = directory.resolve(key.fileName() + TEMPORARY);
    Files.deleteIfExists(temporary);
    try {
      PlanBuilder.Built built = builder.build(temporary);
      PlanFile.seal(temporary, key, built.sizeBytes(), built.sha256());
      Files.move(
          temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      synchronizeDirectory();
      removeOldest(path);
      return new PlanFile(path, built.sha256());
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private void synchronizeDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** A process that has a deleted plan open keeps it until it closes it. */
  private void removeOldest(Path newest) throws IOException {
    record Entry(Path path, FileTime used, long bytes) {}
    List<Entry> entries = new ArrayList<>();
    long total = 0;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(name -> name.toString().endsWith(PLAN)).toList()) {
        try {
          entries.add(new Entry(file, Files.getLastModifiedTime(file), Files.size(file)));
          total += entries.getLast().bytes();
        } catch (NoSuchFileException e) {
          // Another process deleted it.
        }
      }
    }
    entries.sort(Comparator.comparing(Entry::used));
    for (Entry entry : entries) {
      if (total > limitBytes && !entry.path().equals(newest)) {
        Files.deleteIfExists(entry.path());
        total -= entry.bytes();
        LOGGER.info(
            "Plan {} of {} bytes was not used for the longest time and is deleted; the limit is {}"
                + " bytes",
            entry.path(),
            entry.bytes(),
            limitBytes);
      }
    }
  }
}
