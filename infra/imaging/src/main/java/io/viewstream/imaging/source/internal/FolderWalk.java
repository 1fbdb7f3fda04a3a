package io.viewstream.imaging.source.internal;

import io.viewstream.imaging.source.FileFault;
import io.viewstream.imaging.source.SourceEntry.Reason;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Walks a folder depth first, the names of each folder in the order of their characters. Only the
 * names of the folders on the way to the current file are in memory. Links are followed, except to
 * a folder that the walk is in already. Used by one thread.
 */
final class FolderWalk {
  private final Deque<Level> levels = new ArrayDeque<>();
  private long hidden;

  private record Level(String prefix, Path realPath, Iterator<Path> children) {}

  FolderWalk(Path root) throws IOException {
    levels.push(level("", root));
  }

  long hidden() {
    return hidden;
  }

  Optional<Found<Path>> next() {
    while (!levels.isEmpty()) {
      Level level = levels.peek();
      if (!level.children().hasNext()) {
        levels.pop();
        continue;
      }
      Path child = level.children().next();
      String name = String.valueOf(child.getFileName());
      if (name.startsWith(".")) {
        hidden++;
        continue;
      }
      Optional<Found<Path>> found = visit(child, level.prefix() + name);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<Found<Path>> visit(Path child, String path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(child, BasicFileAttributes.class);
      if (attributes.isDirectory()) {
        Level level = level(path + "/", child);
        if (levels.stream().anyMatch(above -> above.realPath().equals(level.realPath()))) {
          return refused(path, Reason.NO_FILE, "link that leads back to a folder above it");
        }
        levels.push(level);
        return Optional.empty();
      }
      if (!attributes.isRegularFile()) {
        return refused(path, Reason.NO_FILE, "neither a file nor a folder");
      }
    } catch (IOException e) {
      return refused(path, Reason.UNREADABLE, explain(e));
    }
    return switch (EntryPath.parse(path)) {
      case EntryPath.Parsed.Legal(EntryPath legal) -> Optional.of(new Found.File<>(legal, child));
      case EntryPath.Parsed.Illegal(String message) -> refused(path, Reason.PATH, message);
    };
  }

  private static Optional<Found<Path>> refused(String path, Reason reason, String message) {
    return Optional.of(Found.refused(path, reason, message));
  }

  private static Level level(String prefix, Path folder) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(children::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    children.sort(Comparator.comparing(child -> String.valueOf(child.getFileName())));
    return new Level(prefix, folder.toRealPath(), children.iterator());
  }

  static String explain(IOException e) {
    return "cannot be read: " + FileFault.of(e);
  }
}
