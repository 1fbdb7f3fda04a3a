package io.viewstream.imaging.augment;

import io.viewstream.imaging.RgbImage;
import java.nio.FloatBuffer;

/**
 * Turns a decoded image into one view of a batch: resized crop, flip, brightness, contrast,
 * saturation, hue, grey, blur, solarisation, normalisation, in this order.
 *
 * <p>All arrays are kept from image to image. Belongs to one thread; have one for each.
 *
 * <pre>{@code
 * Augmentation augmentation = new Augmentation(224, 224, Normalisation.IMAGENET);
 * AugmentationParameters parameters =
 *     AugmentationParameters.draw(set.first(), key, image.width(), image.height());
 * augmentation.apply(image, parameters, batch, position * 3 * 224 * 224);
 * }</pre>
 */
public final class Augmentation {

  private final Normalisation normalisation;
  private final ResizedCrop crop;
  private final ExtendedBoxBlur blur = new ExtendedBoxBlur();
  private final PlanarImage view = new PlanarImage();
  private final float[] row;

  /**
   * Makes views of one size.
   *
   * @param height of the views in pixels
   * @param width of the views in pixels
   * @param normalisation of their values
   */
  public Augmentation(int height, int width, Normalisation normalisation) {
    this.normalisation = normalisation;
    this.crop = new ResizedCrop(Interpolation.BICUBIC, height, width);
    this.row = new float[width];
  }

  /**
   * Makes one view.
   *
   * @param image the decoded image; only read
   * @param parameters what to do, drawn for an image of this size
   * @param target gets 3 x height x width normalised values, channel by channel
   * @param position where in the target the first value goes, in floats
   */
  public void apply(
      RgbImage image, AugmentationParameters parameters, FloatBuffer target, int position) {
    crop.apply(image, parameters.crop(), view);
    if (parameters.flip()) {
      ColorOperations.flip(view);
    }
    if (parameters.jitter()) {
      ColorOperations.brightness(view, parameters.brightness());
      ColorOperations.contrast(view, parameters.contrast());
      ColorOperations.saturation(view, parameters.saturation());
      HueShift.apply(view, parameters.hue());
    }
    if (parameters.grey()) {
      ColorOperations.grey(view);
    }
    if (parameters.blurSigma() > 0) {
      blur.apply(view, parameters.blurSigma());
    }
    if (parameters.solarise()) {
      ColorOperations.solarise(view, ViewAugmentation.SOLARISE_THRESHOLD);
    }
    normalisation.write(view, row, target, position);
  }
}
