package io.viewstream.trainer.evaluate;

import io.viewstream.imaging.augment.Normalisation;

/**
 * What an encoder is given of an image: a square part, scaled and normalised.
 *
 * @param resolution side of what the encoder takes, in pixels
 * @param normalisation of the pixels
 * @param crop which part
 */
public record ImagePreparation(int resolution, Normalisation normalisation, CropRule crop) {

  /** Checks the resolution. */
  public ImagePreparation {
    if (resolution < 1) {
      throw new IllegalArgumentException(
          "An encoder for images of %d px cannot be; they must have at least 1"
              .formatted(resolution));
    }
  }

  /** As the trainer's own encoders are used. */
  public static ImagePreparation usual(int resolution) {
    return new ImagePreparation(resolution, Normalisation.IMAGENET, new CropRule.Usual(resolution));
  }

  /** Floats of one prepared image. */
  int size() {
    return Math.multiplyExact(3, Math.multiplyExact(resolution, resolution));
  }
}
