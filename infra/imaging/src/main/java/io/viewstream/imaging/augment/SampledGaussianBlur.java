package io.viewstream.imaging.augment;

/**
 * torchvision's Gaussian blur, in place: samples of the Gaussian in a window of fixed size,
 * normalised; borders mirrored without repeating the edge. It is here to compare with pipelines
 * that use it; {@link Augmentation} blurs by {@link ExtendedBoxBlur}, as the paper's code does.
 * Belongs to one thread.
 */
public final class SampledGaussianBlur {

  private final double[] weights;
  private final int reach;
  private double[] rowsDone = new double[0];

  /**
   * Prepares the window.
   *
   * @param kernelSize width of the window in pixels, odd
   * @param sigma standard deviation in pixels, above 0
   */
  public SampledGaussianBlur(int kernelSize, double sigma) {
    if (kernelSize < 1 || kernelSize % 2 == 0 || !(sigma > 0)) {
      throw new IllegalArgumentException(
          "Gaussian window of " + kernelSize + " pixels with sigma " + sigma + ": odd and above 0");
    }
    this.reach = kernelSize / 2;
    this.weights = new double[kernelSize];
    double sum = 0;
    for (int i = 0; i < kernelSize; i++) {
      double distance = (i - reach) / sigma;
      weights[i] = StrictMath.exp(-0.5 * distance * distance);
      sum += weights[i];
    }
    for (int i = 0; i < kernelSize; i++) {
      weights[i] /= sum;
    }
  }

  /**
   * Blurs the image.
   *
   * @throws IllegalArgumentException if the window reaches over the image's mirrored border
   */
  public void apply(PlanarImage image) {
    int width = image.width();
    int height = image.height();
    if (reach >= width || reach >= height) {
      throw new IllegalArgumentException(
          "Gaussian window of %d pixels is too wide for an image of %d x %d"
              .formatted(weights.length, width, height));
    }
    if (rowsDone.length < width * height) {
      rowsDone = new double[width * height];
    }
    for (int channel = 0; channel < 3; channel++) {
      blurChannel(image, channel);
    }
  }

  private void blurChannel(PlanarImage image, int channel) {
    int width = image.width();
    int height = image.height();
    for (int y = 0; y < height; y++) {
      int[] row = image.row(channel, y);
      for (int x = 0; x < width; x++) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
          sum += weights[i] * row[mirrored(x + i - reach, width)];
        }
        rowsDone[y * width + x] = sum;
      }
    }
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
          sum += weights[i] * rowsDone[mirrored(y + i - reach, height) * width + x];
        }
        image.row(channel, y)[x] = (int) Math.rint(sum);
      }
    }
  }

  private static int mirrored(int position, int size) {
    int fromStart = Math.abs(position);
    return fromStart < size ? fromStart : 2 * (size - 1) - fromStart;
  }
}
