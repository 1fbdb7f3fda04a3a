package io.viewstream.imaging.source.internal;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceEntry;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.SourceReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The files below a folder. Immutable; readers are independent of each other. */
public final class FolderSource implements ImageSource {
  private final Path root;
  private final SourceOptions options;
  private final SourceLayout layout;
  private final long available;

  private FolderSource(Path root, SourceOptions options, SourceLayout layout, long available) {
    this.root = root;
    this.options = options;
    this.layout = layout;
    this.available = available;
  }

  /** Looks over a folder. */
  public static FolderSource scan(Path root, SourceOptions options) throws IOException {
    SourceLayout.Builder builder = new SourceLayout.Builder();
    FolderWalk walk = walk(root);
    for (Optional<Found<Path>> found = walk.next(); found.isPresent(); found = walk.next()) {
      builder.add(found.get().legalPath());
    }
    SourceLayout layout = builder.build();
    return new FolderSource(root, options, layout, layout.count(options.split(), root.toString()));
  }

  private static FolderWalk walk(Path root) throws IOException {
    try {
      return new FolderWalk(root);
    } catch (IOException e) {
      throw new IOException(root + " " + FolderWalk.explain(e), e);
    }
  }

  @Override
  public String name() {
    // The real path, since a folder may be given as "." or "..".
    Path name = root.toAbsolutePath().normalize().getFileName();
    return name == null ? "images" : name.toString();
  }

  @Override
  public long count() {
    return new EvenSpread(available, options.limit()).taken();
  }

  @Override
  public boolean divided() {
    return layout.divided();
  }

  @Override
  public SourceReader open() throws IOException {
    return new Reader(walk(root));
  }

  private final class Reader implements SourceReader {
    private final FolderWalk walk;
    private final EvenSpread spread = new EvenSpread(available, options.limit());

    Reader(FolderWalk walk) {
      this.walk = walk;
    }

    @Override
    public Optional<SourceEntry> next() {
      for (Optional<Found<Path>> found = walk.next(); found.isPresent(); found = walk.next()) {
        if (layout.contains(options.split(), found.get().legalPath()) && spread.takesNext()) {
          return Optional.of(
              switch (found.get()) {
                case Found.File<Path> file -> read(file);
                case Found.Refused<Path> refused -> refused.toEntry();
              });
        }
      }
      return Optional.empty();
    }

    private SourceEntry read(Found.File<Path> file) {
      String path = file.path().toString();
      try (InputStream stream = Files.newInputStream(file.content())) {
        return BoundedContent.read(
            stream,
            Files.size(file.content()),
            options.maxImageBytes(),
            new BoundedContent.Name(path, layout.label(file.path())));
      } catch (IOException e) {
        return BoundedContent.rejected(path, SourceEntry.Reason.UNREADABLE, FolderWalk.explain(e));
      }
    }

    @Override
    public long hiddenFiles() {
      return walk.hidden();
    }

    @Override
    public void close() {
      // Each file and folder is closed as soon as it was read.
    }
  }
}
