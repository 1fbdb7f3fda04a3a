package io.viewstream.generators;

import io.viewstream.imaging.ImageDecoder;

/** The size of the views that a generator makes. */
public sealed interface OutputSize {

  /**
   * The most pixels of a source, and of the sources of one call together, where a call has more
   * than one. It keeps a call within its deadline and the images in memory small.
   */
  long mostSourcePixels();

  /** Every view has the size of its source. */
  record AsSource() implements OutputSize {

    /** Two thousand squared: a busy core of a laptop makes such a view in about a second. */
    private static final long MOST_SOURCE_PIXELS = 4_000_000;

    @Override
    public long mostSourcePixels() {
      return MOST_SOURCE_PIXELS;
    }

    @Override
    public String toString() {
      return "as source";
    }
  }

  /**
   * Every view has the same size.
   *
   * @param width in pixels, at least 1
   * @param height in pixels, at least 1
   */
  record Fixed(int width, int height) implements OutputSize {

    public Fixed {
      if (width < 1 || height < 1) {
        throw new IllegalArgumentException(
            "Output size is " + width + "x" + height + ", must be at least 1x1");
      }
    }

    /** A source is shrunk first, so what can be decoded at all will do. */
    @Override
    public long mostSourcePixels() {
      return ImageDecoder.DEFAULT_MAX_PIXELS;
    }

    @Override
    public String toString() {
      return width + "x" + height;
    }
  }
}
