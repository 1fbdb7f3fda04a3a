package io.viewstream.imaging.source.internal;

import io.viewstream.imaging.source.SourceEntry;
import java.util.Optional;

/**
 * What a walk over a source meets, before any content is read.
 *
 * @param <T> where the content of a file can be had
 */
sealed interface Found<T> {
  /** Path within the source, if it is a legal one. */
  Optional<EntryPath> legalPath();

  /** Something at a path, as it was found, that cannot be read. */
  static <T> Found<T> refused(String path, SourceEntry.Reason reason, String message) {
    Optional<EntryPath> legal =
        EntryPath.parse(path) instanceof EntryPath.Parsed.Legal(EntryPath known)
            ? Optional.of(known)
            : Optional.empty();
    return new Refused<>(EntryPath.printable(path), legal, reason, message);
  }

  /** A file to be read. */
  record File<T>(EntryPath path, T content) implements Found<T> {
    @Override
    public Optional<EntryPath> legalPath() {
      return Optional.of(path);
    }
  }

  /** Something that cannot be read. */
  record Refused<T>(
      String path, Optional<EntryPath> legalPath, SourceEntry.Reason reason, String message)
      implements Found<T> {
    /** As the entry that readers pass on. */
    SourceEntry toEntry() {
      return BoundedContent.rejected(path, reason, message);
    }
  }
}
