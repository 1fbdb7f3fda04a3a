package io.viewstream.imaging.source;

import java.io.IOException;
import java.util.Optional;

/**
 * Streams the entries of one source, one at a time and in a fixed order. Used by one thread; the
 * entries it gives belong to the caller.
 */
public interface SourceReader extends AutoCloseable {
  /**
   * The next entry; empty at the end.
   *
   * @throws IOException when the source itself, not one of its files, cannot be read any further;
   *     the message names it
   */
  Optional<SourceEntry> next() throws IOException;

  /** How many hidden files (their name or a folder's begins with a dot) were passed over so far. */
  long hiddenFiles();

  @Override
  void close() throws IOException;
}
