package io.viewstream.trainer.train.checkpoint;

import io.viewstream.kafka.command.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of one training: {@code checkpoint-000000120.safetensors} holds the state after
 * 120 steps. A file is written under another name, forced to the disk, renamed, and the rename
 * forced to the disk, before older ones are deleted; so whatever moment a crash or a power failure
 * picks, the newest file under a final name is whole. The last two are kept. One writer at a time.
 */
public final class CheckpointFolder {

  private static final int KEPT = 2;
  // No training takes 10^18 steps, and more digits than these fit no long.
  private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{1,18})\\.safetensors");

  private final Path folder;

  /** The checkpoints in a folder, which is created when the first one is saved. */
  public CheckpointFolder(Path folder) {
    this.folder = folder;
  }

  /** The folder. */
  public Path path() {
    return folder;
  }

  /**
   * Saves a state.
   *
   * @param step how many steps are done
   * @return the file
   * @throws CheckpointException if it cannot be written; older ones are then untouched
   */
  public Path save(long step, SafetensorsFile content) {
    Path file = folder.resolve(String.format(Locale.ROOT, "checkpoint-%09d.safetensors", step));
    Path temporary = folder.resolve(file.getFileName() + ".tmp");
    try {
      Files.createDirectories(folder);
      try {
        content.write(temporary);
        move(temporary, file);
      } finally {
        // On a full disk the part that was written is in everybody's way.
        Files.deleteIfExists(temporary);
      }
      forceFolder();
      List<Path> older = list();
      for (Path surplus : older.subList(0, Math.max(0, older.size() - KEPT))) {
        Files.deleteIfExists(surplus);
      }
      return file;
    } catch (IOException e) {
      throw new CheckpointException("Cannot write the checkpoint " + file + ": " + Reason.of(e), e);
    }
  }

  /**
   * The newest checkpoint, if there is any.
   *
   * @throws CheckpointException if the folder cannot be read
   */
  public Optional<Path> latest() {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try {
      List<Path> files = list();
      return files.isEmpty() ? Optional.empty() : Optional.of(files.getLast());
    } catch (IOException e) {
      throw new CheckpointException("Cannot read the folder " + folder + ": " + Reason.of(e), e);
    }
  }

  /**
   * The checkpoint that a path stands for: a file itself, a folder its newest.
   *
   * @throws CheckpointException if there is none
   */
  public static Path resolve(Path fileOrFolder) {
    if (Files.isRegularFile(fileOrFolder)) {
      return fileOrFolder;
    }
    return new CheckpointFolder(fileOrFolder)
        .latest()
        .orElseThrow(
            () ->
                new CheckpointException(
                    fileOrFolder
                        + (Files.isDirectory(fileOrFolder)
                            ? " holds no file named checkpoint-….safetensors"
                            : " does not exist")));
  }

  /** All, oldest first. */
  private List<Path> list() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> NAME.matcher(file.getFileName().toString()).matches())
          .sorted((a, b) -> Long.compare(stepOf(a), stepOf(b)))
          .toList();
    }
  }

  private static long stepOf(Path file) {
    Matcher matcher = NAME.matcher(file.getFileName().toString());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(file + " is no checkpoint");
    }
    return Long.parseLong(matcher.group(1));
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void forceFolder() throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
