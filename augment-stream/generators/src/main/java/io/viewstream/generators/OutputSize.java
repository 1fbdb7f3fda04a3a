package io.viewstream.generators;

/** The size of the views that a generator makes. */
public sealed interface OutputSize {

  /** Every view has the size of its source. */
  record AsSource() implements OutputSize {

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

    @Override
    public String toString() {
      return width + "x" + height;
    }
  }
}
