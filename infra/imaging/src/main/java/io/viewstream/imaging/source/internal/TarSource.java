package io.viewstream.imaging.source.internal;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceEntry;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.SourceReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The files of a tar archive, streamed. Immutable; readers are independent of each other. */
public final class TarSource implements ImageSource {
  private final Path archive;
  private final SourceOptions options;
  private final SourceLayout layout;
  private final long available;

  private TarSource(Path archive, SourceOptions options, SourceLayout layout, long available) {
    this.archive = archive;
    this.options = options;
    this.layout = layout;
    this.available = available;
  }

  /**
   * Looks over an archive: reads the headers and skips the contents. A truncated archive passes
   * here if it has a first file; reading it fails where it ends, so that what comes before goes
   * through.
   */
  public static TarSource scan(Path archive, SourceOptions options) throws IOException {
    SourceLayout.Builder builder = new SourceLayout.Builder();
    boolean any = false;
    try (TarWalk walk = new TarWalk(archive, TarWalk.SCANNING_BUFFER_BYTES)) {
      for (Optional<Found<TarWalk.Content>> found = walk.next();
          found.isPresent();
          found = walk.next()) {
        any = true;
        builder.add(found.get().legalPath());
      }
    } catch (IOException e) {
      if (!any) {
        throw e;
      }
    }
    SourceLayout layout = builder.build();
    return new TarSource(
        archive, options, layout, layout.count(options.split(), archive.toString()));
  }

  @Override
  public String name() {
    Path file = archive.getFileName();
    String name = file == null ? "images" : file.toString();
    return name.endsWith(".tar") && name.length() > 4 ? name.substring(0, name.length() - 4) : name;
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
    return new Reader(new TarWalk(archive, TarWalk.READING_BUFFER_BYTES));
  }

  private final class Reader implements SourceReader {
    private final TarWalk walk;
    private final EvenSpread spread = new EvenSpread(available, options.limit());

    Reader(TarWalk walk) {
      this.walk = walk;
    }

    @Override
    public Optional<SourceEntry> next() throws IOException {
      for (Optional<Found<TarWalk.Content>> found = walk.next();
          found.isPresent();
          found = walk.next()) {
        if (layout.contains(options.split(), found.get().legalPath()) && spread.takesNext()) {
          return Optional.of(
              switch (found.get()) {
                case Found.File<TarWalk.Content> file -> read(file);
                case Found.Refused<TarWalk.Content> refused -> refused.toEntry();
              });
        }
      }
      return Optional.empty();
    }

    private SourceEntry read(Found.File<TarWalk.Content> file) throws IOException {
      try {
        return BoundedContent.read(
            file.content().stream(),
            file.content().sizeBytes(),
            options.maxImageBytes(),
            new BoundedContent.Name(file.path().toString(), layout.label(file.path())));
      } catch (IOException e) {
        throw walk.damaged(e);
      }
    }

    @Override
    public long hiddenFiles() {
      return walk.hidden();
    }

    @Override
    public void close() throws IOException {
      walk.close();
    }
  }
}
