package io.viewstream.trainer.evaluate;

import io.viewstream.imaging.augment.CropBox;

/** Which square of an image an encoder sees. */
public sealed interface CropRule {

  /** The square of an image of that size, in pixels. */
  CropBox box(int width, int height);

  /**
   * As the trainer's own encoders are used: the whole of a square image of the resolution, of any
   * other the middle square of 7/8 of its shorter side (224 of 256 pixels, as is usual).
   *
   * @param resolution side of what the encoder takes, in pixels
   */
  record Usual(int resolution) implements CropRule {
    private static final double PART = 7 / 8.0;

    @Override
    public CropBox box(int width, int height) {
      boolean fits = width == height && width == resolution;
      return new Middle(fits ? 1 : PART).box(width, height);
    }
  }

  /**
   * The middle square.
   *
   * @param part of the shorter side, above 0 and at most 1
   */
  record Middle(double part) implements CropRule {

    /** Checks the part. */
    public Middle {
      if (!(part > 0 && part <= 1)) {
        throw new IllegalArgumentException(
            "A middle square of %s of the shorter side cannot be; it must be above 0 and at most 1"
                .formatted(part));
      }
    }

    @Override
    public CropBox box(int width, int height) {
      int side = Math.max(1, Math.toIntExact(Math.round(Math.min(width, height) * part)));
      return new CropBox((width - side) / 2, (height - side) / 2, side, side);
    }
  }
}
