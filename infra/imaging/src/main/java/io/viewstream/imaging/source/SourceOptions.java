package io.viewstream.imaging.source;

import java.util.OptionalLong;

/**
 * Which images of a source are read, and how large a file may be.
 *
 * @param split part of the source
 * @param limit how many files are taken at most, spread evenly over the source, so that a source in
 *     the order of its classes gives as many of each; all when empty
 * @param maxImageBytes size above which a file is rejected instead of read, in bytes
 * @param shapes how shapes are drawn; other sources do not look at it
 */
public record SourceOptions(Split split, OptionalLong limit, int maxImageBytes, Shapes shapes) {
  /** Default limit on the size of one file. */
  public static final int DEFAULT_MAX_IMAGE_BYTES = 4 * 1024 * 1024;

  /** Everything in a source, with default limits. */
  public static final SourceOptions DEFAULT =
      new SourceOptions(Split.ALL, OptionalLong.empty(), DEFAULT_MAX_IMAGE_BYTES, Shapes.DEFAULT);

  /**
   * How shapes are drawn.
   *
   * @param side width and height in pixels, from 16 to 512
   * @param seed another seed draws other pictures
   */
  public record Shapes(int side, long seed) {
    /** 32×32 pixels, seed 1. */
    public static final Shapes DEFAULT = new Shapes(32, 1);

    /** Checks the side. */
    public Shapes {
      if (side < 16 || side > 512) {
        throw new IllegalArgumentException(
            "Shapes of " + side + " pixels a side; from 16 to 512 can be drawn");
      }
    }
  }

  /** Checks the limits. */
  public SourceOptions {
    if (limit.isPresent() && limit.getAsLong() < 1) {
      throw new IllegalArgumentException(
          "--limit is " + limit.getAsLong() + "; at least 1 image must be asked for");
    }
    if (maxImageBytes < 1) {
      throw new IllegalArgumentException(
          "--max-image-bytes is " + maxImageBytes + "; it must be at least 1");
    }
  }

  /** The same options for another part of the source. */
  public SourceOptions withSplit(Split other) {
    return new SourceOptions(other, limit, maxImageBytes, shapes);
  }

  /** The same options with at most so many images. */
  public SourceOptions withLimit(long images) {
    return new SourceOptions(split, OptionalLong.of(images), maxImageBytes, shapes);
  }

  /** The same options with another limit on the size of one file. */
  public SourceOptions withMaxImageBytes(int bytes) {
    return new SourceOptions(split, limit, bytes, shapes);
  }

  /** The same options with other shapes. */
  public SourceOptions withShapes(Shapes other) {
    return new SourceOptions(split, limit, maxImageBytes, other);
  }
}
