package io.viewstream.imaging.augment;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.PixelRows;
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

  private static final int PIXELS_TO_SPARE = 2;

  private final int height;
  private final int width;
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
    this.height = height;
    this.width = width;
    this.normalisation = normalisation;
    this.crop = new ResizedCrop(Interpolation.BICUBIC, height, width);
    this.row = new float[width];
  }

  /**
   * By how much a decoder may reduce the image for this view: the largest of 1, 2, 4 and 8 by which
   * the box still has {@value #PIXELS_TO_SPARE} times the pixels of the view on either side. What
   * the decoder's own filter does differently then lies above the frequencies that the view keeps:
   * 0.5 levels in the mean over photographs, below 2 in each.
   */
  public int reduction(CropBox box) {
    int reduction = 1;
    while (reduction < ImageDecoder.MAX_REDUCTION
        && box.width() >= PIXELS_TO_SPARE * 2 * reduction * width
        && box.height() >= PIXELS_TO_SPARE * 2 * reduction * height) {
      reduction *= 2;
    }
    return reduction;
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
      PixelRows image, AugmentationParameters parameters, FloatBuffer target, int position) {
    apply(image, 1, parameters, target, position);
  }

  /**
   * Makes one view of an image that was reduced when it was decoded.
   *
   * @param image the decoded image; only read
   * @param reduction factor by which it was reduced
   * @param parameters what to do, drawn for an image of the size before its reduction
   * @param target as above
   * @param position as above
   */
  public void apply(
      PixelRows image,
      int reduction,
      AugmentationParameters parameters,
      FloatBuffer target,
      int position) {
    crop.apply(image, reduction, parameters.crop(), parameters.flip(), view);
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
