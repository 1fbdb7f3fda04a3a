package io.viewstream.imaging.augment;

/**
 * A scratch image whose arrays are used again for image after image: three planes (red, green,
 * blue) one behind the other, each row-major, one {@code int} in 0..255 per value. It grows when it
 * must and never shrinks. Belongs to one thread.
 */
public final class PlanarImage {

  private int width;
  private int height;
  private int[] values = new int[0];

  /** Sets the size in pixels; the content is undefined afterwards. */
  public void resize(int newWidth, int newHeight) {
    width = newWidth;
    height = newHeight;
    int needed = 3 * newWidth * newHeight;
    if (values.length < needed) {
      values = new int[needed];
    }
  }

  /** Width in pixels. */
  public int width() {
    return width;
  }

  /** Height in pixels. */
  public int height() {
    return height;
  }

  /** Pixels of the image: width x height. */
  public int area() {
    return width * height;
  }

  /**
   * The values themselves, to read and write: the value of channel c in column x and row y is at
   * {@code (c * height + y) * width + x}. The array may be longer than the image needs, and another
   * one after {@link #resize} and {@link #swap}.
   */
  public int[] values() {
    return values;
  }

  /** Exchanges size and content with another image, without a copy. */
  public void swap(PlanarImage other) {
    int otherWidth = other.width;
    int otherHeight = other.height;
    int[] otherValues = other.values;
    other.width = width;
    other.height = height;
    other.values = values;
    width = otherWidth;
    height = otherHeight;
    values = otherValues;
  }
}
