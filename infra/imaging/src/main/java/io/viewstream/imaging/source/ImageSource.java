package io.viewstream.imaging.source;

import io.viewstream.imaging.source.internal.FolderSource;
import io.viewstream.imaging.source.internal.ShapesSource;
import io.viewstream.imaging.source.internal.TarSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A collection of image files that can be read any number of times, always in the same order: a
 * folder by sorted names, a tar archive in its own order, shapes by index. For example
 *
 * <pre>{@code
 * ImageSource source = ImageSource.of("photos.tar", SourceOptions.DEFAULT.withLimit(100));
 * try (SourceReader reader = source.open()) {
 *   for (Optional<SourceEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
 *     switch (next.get()) {
 *       case SourceEntry.ImageFile file -> use(decoder.decode(file.content()));
 *       case SourceEntry.RejectedFile file -> report(file.path(), file.message());
 *     }
 *   }
 * }
 * }</pre>
 */
public interface ImageSource {
  /** What users write for the source of drawn shapes; a folder of that name is {@code ./shapes}. */
  String SHAPES = "shapes";

  /**
   * Opens a source and looks over it once, without reading the files: their number and the split
   * must be known before the first one is taken.
   *
   * @param location a folder, a tar archive, or {@link #SHAPES}
   * @throws IOException when there is no such source, it cannot be read, or it has no such split;
   *     the message names it
   */
  static ImageSource of(String location, SourceOptions options) throws IOException {
    if (location.equals(SHAPES)) {
      return new ShapesSource(options);
    }
    Path path = Path.of(location);
    if (Files.isDirectory(path)) {
      return FolderSource.scan(path, options);
    }
    if (Files.isRegularFile(path)) {
      return TarSource.scan(path, options);
    }
    if (Files.exists(path)) {
      throw new IOException(path + " is neither a folder nor a tar archive");
    }
    throw new NoSuchFileException(path.toString(), null, "there is no such folder or tar archive");
  }

  /** A name for the data set: that of the folder or archive without its ending. */
  String name();

  /** How many entries a reader gives, unless the source changes. */
  long count();

  /** Whether the source is divided into train and test. */
  boolean divided();

  /** Starts reading from the beginning. The caller closes the reader. */
  SourceReader open() throws IOException;
}
