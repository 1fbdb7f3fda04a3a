package io.viewstream.imaging.source.internal;

import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceEntry;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.SourceReader;
import io.viewstream.imaging.source.Split;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;

/**
 * Shapes that are drawn when they are read. Picture i of a split shows class i modulo the number of
 * classes; picture and path depend on seed, split and index alone. Train and test draw from
 * different seeds and have no end of their own, so all means train here.
 */
public final class ShapesSource implements ImageSource {
  /** How many shapes there are unless a limit says otherwise. */
  public static final long DEFAULT_COUNT = 10_000;

  private final Split split;
  private final long count;
  private final ShapePainter painter;

  /** Shapes of a split, as many as the limit asks for. */
  public ShapesSource(SourceOptions options) {
    this.split = options.split() == Split.TEST ? Split.TEST : Split.TRAIN;
    this.count = options.limit().orElse(DEFAULT_COUNT);
    this.painter =
        new ShapePainter(
            options.shapes().side(),
            RandomNumbers.mix(options.shapes().seed(), split == Split.TEST ? 2 : 1));
  }

  @Override
  public String name() {
    return SHAPES;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public boolean divided() {
    return true;
  }

  @Override
  public SourceReader open() {
    return new Reader();
  }

  private final class Reader implements SourceReader {
    private long index;

    @Override
    public Optional<SourceEntry> next() {
      if (index >= count) {
        return Optional.empty();
      }
      Shape shape = Shape.ofIndex(index);
      String path =
          String.format(Locale.ROOT, "%s/%s/%07d.png", split.folder(), shape.label(), index);
      byte[] png = ImageEncoder.png(painter.paint(shape, index));
      index++;
      return Optional.of(
          new SourceEntry.ImageFile(path, Optional.of(shape.label()), ByteBuffer.wrap(png)));
    }

    @Override
    public long hiddenFiles() {
      return 0;
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
