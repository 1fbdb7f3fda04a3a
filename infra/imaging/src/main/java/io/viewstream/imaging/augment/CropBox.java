package io.viewstream.imaging.augment;

/**
 * A rectangle of an image in pixels.
 *
 * @param left first column
 * @param top first row
 * @param width columns, at least 1
 * @param height rows, at least 1
 */
public record CropBox(int left, int top, int width, int height) {

  /** Checks that the box is not empty. */
  public CropBox {
    if (left < 0 || top < 0 || width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "No crop box: " + width + " x " + height + " at column " + left + ", row " + top);
    }
  }

  /** The whole of an image. */
  public static CropBox whole(int width, int height) {
    return new CropBox(0, 0, width, height);
  }
}
