package io.viewstream.imaging.source.internal;

import io.viewstream.imaging.RgbImage;

/**
 * Draws labelled shapes. Everything but the outline is drawn by lot and independent of the class:
 * place, size, rotation, shear, the texture and colours of shape and background, light and noise.
 * Shape and background always differ in brightness, so that a person can tell every picture's
 * class. Immutable; the same seed, shape and index give the same pixels on any machine.
 */
final class ShapePainter {
  /** Each pixel is the mean of so many points in each direction, which smooths the edges. */
  private static final int SUBSAMPLES = 3;

  private static final double MAX_ROTATION = 0.6;

  private final int side;
  private final long seed;

  ShapePainter(int side, long seed) {
    this.side = side;
    this.seed = seed;
  }

  /** Where the shape lies: takes points of the picture, in [0, 1], to the shape's own plane. */
  private record Pose(double centreX, double centreY, double xx, double xy, double yx, double yy) {
    static Pose random(RandomNumbers random) {
      double radius = random.uniform(0.27, 0.43);
      double slack = 0.5 - radius;
      double centreX = 0.5 + random.uniform(-slack, slack);
      double centreY = 0.5 + random.uniform(-slack, slack);
      double angle = random.uniform(-MAX_ROTATION, MAX_ROTATION);
      double stretch = random.uniform(0.88, 1.14);
      double shear = random.uniform(-0.15, 0.15);
      double cosine = StrictMath.cos(angle);
      double sine = StrictMath.sin(angle);
      double toX = 1 / (radius * stretch);
      double toY = stretch / radius;
      return new Pose(
          centreX,
          centreY,
          toX * (cosine + shear * sine),
          toX * (sine - shear * cosine),
          toY * -sine,
          toY * cosine);
    }

    double shapeX(double x, double y) {
      return xx * (x - centreX) + xy * (centreY - y);
    }

    double shapeY(double x, double y) {
      return yx * (x - centreX) + yy * (centreY - y);
    }
  }

  RgbImage paint(Shape shape, long index) {
    RandomNumbers random = new RandomNumbers(RandomNumbers.mix(seed, index));
    Pose pose = Pose.random(random);
    boolean lightShape = random.coin();
    Texture dark = new Texture(random, 0.05, 0.35);
    Texture light = new Texture(random, 0.6, 0.95);
    Texture surface = lightShape ? light : dark;
    Texture background = lightShape ? dark : light;
    double lightX = random.uniform(-0.25, 0.25);
    double lightY = random.uniform(-0.25, 0.25);
    double noise = random.uniform(0, 0.05);

    byte[] pixels = new byte[side * side * RgbImage.CHANNELS];
    double[] colour = new double[3];
    int i = 0;
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        paintPixel(shape, pose, surface, background, column, row, colour);
        double brightness =
            1 + lightX * ((double) column / side - 0.5) + lightY * ((double) row / side - 0.5);
        for (int c = 0; c < 3; c++) {
          double value = colour[c] * brightness + random.uniform(-noise, noise);
          pixels[i++] = (byte) Math.clamp(Math.round(255 * value), 0, 255);
        }
      }
    }
    return new RgbImage(side, side, pixels);
  }

  private void paintPixel(
      Shape shape,
      Pose pose,
      Texture surface,
      Texture background,
      int column,
      int row,
      double[] colour) {
    colour[0] = 0;
    colour[1] = 0;
    colour[2] = 0;
    double weight = 1.0 / (SUBSAMPLES * SUBSAMPLES);
    for (int j = 0; j < SUBSAMPLES; j++) {
      double y = (row + (j + 0.5) / SUBSAMPLES) / side;
      for (int k = 0; k < SUBSAMPLES; k++) {
        double x = (column + (k + 0.5) / SUBSAMPLES) / side;
        boolean within = shape.contains(pose.shapeX(x, y), pose.shapeY(x, y));
        (within ? surface : background).add(x, y, weight, colour);
      }
    }
  }
}
