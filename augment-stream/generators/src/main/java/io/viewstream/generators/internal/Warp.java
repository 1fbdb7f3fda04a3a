package io.viewstream.generators.internal;

import io.viewstream.imaging.RgbImage;

/**
 * A random change of geometry: resized crop, small rotation, horizontal flip and a smooth
 * displacement, all in one resampling.
 *
 * <p>Each pixel of the view looks up its place in the source: displaced, scaled to the crop,
 * rotated, moved to the crop's centre, mirrored at the border and read bilinearly. Parameters are
 * fractions of the image's sides, so the same draw does the same to every size. Only IEEE
 * arithmetic and StrictMath are used: the same bits on every machine.
 */
public final class Warp {

  private static final double MIN_AREA = 0.35;
  private static final double MAX_ASPECT = 4.0 / 3.0;
  private static final double MAX_ROTATION_RADIANS = StrictMath.toRadians(12);

  /** Of a grid point, as a fraction of the crop's side. */
  private static final double DISPLACEMENT_SIGMA = 0.02;

  /** Displacements are drawn on this many points per side and interpolated between. */
  private static final int GRID = 5;

  private final double cropWidth;
  private final double cropHeight;
  private final double centreX;
  private final double centreY;
  private final double cosine;
  private final double sine;
  private final boolean flip;
  private final float[] displacementX = new float[GRID * GRID];
  private final float[] displacementY = new float[GRID * GRID];

  private Warp(RandomStream random) {
    double area = random.nextUniform(MIN_AREA, 1.0);
    double aspect = StrictMath.exp(random.nextUniform(-1, 1) * StrictMath.log(MAX_ASPECT));
    cropWidth = Math.min(1.0, StrictMath.sqrt(area * aspect));
    cropHeight = Math.min(1.0, StrictMath.sqrt(area / aspect));
    centreX = 0.5 + random.nextUniform(-0.5, 0.5) * (1 - cropWidth);
    centreY = 0.5 + random.nextUniform(-0.5, 0.5) * (1 - cropHeight);
    double rotation = random.nextUniform(-MAX_ROTATION_RADIANS, MAX_ROTATION_RADIANS);
    cosine = StrictMath.cos(rotation);
    sine = StrictMath.sin(rotation);
    flip = random.nextBoolean();
    GaussianNoise.fill(random, displacementX, 0, displacementX.length);
    GaussianNoise.fill(random, displacementY, 0, displacementY.length);
  }

  /** Draws the parameters. */
  public static Warp draw(RandomStream random) {
    return new Warp(random);
  }

  /** The warped image, of the same size. */
  public RgbImage apply(RgbImage source) {
    int width = source.width();
    int height = source.height();
    byte[] view = new byte[source.pixels().length];
    int offset = 0;
    for (int y = 0; y < height; y++) {
      double v = (y + 0.5) / height;
      for (int x = 0; x < width; x++) {
        double u = (x + 0.5) / width;
        double acrossCrop = (flip ? 0.5 - u : u - 0.5) + displacement(displacementX, u, v);
        double downCrop = v - 0.5 + displacement(displacementY, u, v);
        double right = acrossCrop * cropWidth * width;
        double down = downCrop * cropHeight * height;
        double sourceX = centreX * width + cosine * right - sine * down - 0.5;
        double sourceY = centreY * height + sine * right + cosine * down - 0.5;
        sample(source, mirror(sourceX, width), mirror(sourceY, height), view, offset);
        offset += RgbImage.CHANNELS;
      }
    }
    return new RgbImage(width, height, view);
  }

  /** Between the grid's points, with a smooth step so that no crease shows at them. */
  private static double displacement(float[] grid, double u, double v) {
    double gridX = u * (GRID - 1);
    double gridY = v * (GRID - 1);
    int left = Math.min((int) gridX, GRID - 2);
    int top = Math.min((int) gridY, GRID - 2);
    double across = smoothStep(gridX - left);
    double down = smoothStep(gridY - top);
    int i = top * GRID + left;
    double upper = grid[i] + across * (grid[i + 1] - grid[i]);
    double lower = grid[i + GRID] + across * (grid[i + GRID + 1] - grid[i + GRID]);
    return DISPLACEMENT_SIGMA * (upper + down * (lower - upper));
  }

  private static double smoothStep(double t) {
    return t * t * (3 - 2 * t);
  }

  /**
   * Folds a pixel coordinate back into [0, size − 1], the border pixels' centres being the folds.
   */
  private static double mirror(double coordinate, int size) {
    double last = size - 1;
    if (last == 0) {
      return 0;
    }
    double folded = Math.abs(coordinate) % (2 * last);
    return folded > last ? 2 * last - folded : folded;
  }

  private static void sample(RgbImage source, double x, double y, byte[] view, int offset) {
    byte[] pixels = source.pixels();
    int left = (int) x;
    int top = (int) y;
    double across = x - left;
    double down = y - top;
    int stepRight = left + 1 < source.width() ? RgbImage.CHANNELS : 0;
    int stepDown = top + 1 < source.height() ? source.width() * RgbImage.CHANNELS : 0;
    int i = (top * source.width() + left) * RgbImage.CHANNELS;
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++, i++) {
      int upperLeft = pixels[i] & 0xff;
      int lowerLeft = pixels[i + stepDown] & 0xff;
      double upper = upperLeft + across * ((pixels[i + stepRight] & 0xff) - upperLeft);
      double lower = lowerLeft + across * ((pixels[i + stepDown + stepRight] & 0xff) - lowerLeft);
      view[offset + channel] = (byte) (int) (upper + down * (lower - upper) + 0.5);
    }
  }
}
