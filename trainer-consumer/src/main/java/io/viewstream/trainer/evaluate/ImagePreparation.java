package io.viewstream.trainer.evaluate;

import io.viewstream.imaging.RgbImage;
import io.viewstream.imaging.augment.CropBox;
import io.viewstream.imaging.augment.Normalisation;

/**
 * What an encoder is given of an image: a square part, scaled and normalised.
 *
 * @param resolution side of what the encoder takes, in pixels
 * @param normalisation of the pixels
 */
public record ImagePreparation(int resolution, Normalisation normalisation) {

  /** Checks the resolution. */
  public ImagePreparation {
    if (resolution < 1) {
      throw new IllegalArgumentException(
          "An encoder for images of %d px cannot be; they must have at least 1"
              .formatted(resolution));
    }
  }

  /**
   * The part of an image that is scaled: the whole of a square image of the resolution, of any
   * other the middle square of 7/8 of its shorter side (224 of 256 pixels, as is usual).
   */
  CropBox box(RgbImage image) {
    int shorter = Math.min(image.width(), image.height());
    boolean fits = image.width() == image.height() && shorter == resolution;
    int side = fits ? shorter : Math.max(1, Math.round(shorter * 7 / 8f));
    return new CropBox((image.width() - side) / 2, (image.height() - side) / 2, side, side);
  }

  /** Floats of one prepared image. */
  int size() {
    return Math.multiplyExact(3, Math.multiplyExact(resolution, resolution));
  }
}
