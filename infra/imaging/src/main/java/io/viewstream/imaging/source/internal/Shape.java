package io.viewstream.imaging.source.internal;

import java.util.Locale;

/**
 * The ten classes of drawn shapes. Each lies within the unit circle, x to the right and y upwards,
 * and is told from the others by its outline alone.
 */
enum Shape {
  ARROW {
    private static final double[] OUTLINE = {
      0.95, 0, 0.1, 0.75, 0.1, 0.28, -0.9, 0.28, -0.9, -0.28, 0.1, -0.28, 0.1, -0.75
    };

    @Override
    boolean contains(double x, double y) {
      return withinPolygon(OUTLINE, x, y);
    }
  },
  CRESCENT {
    @Override
    boolean contains(double x, double y) {
      return withinDisc(x, y, 0.95) && !withinDisc(x - 0.45, y, 0.78);
    }
  },
  CROSS {
    @Override
    boolean contains(double x, double y) {
      double longer = Math.max(Math.abs(x), Math.abs(y));
      double shorter = Math.min(Math.abs(x), Math.abs(y));
      return longer <= 0.92 && shorter <= 0.27;
    }
  },
  DISC {
    @Override
    boolean contains(double x, double y) {
      return withinDisc(x, y, 0.88);
    }
  },
  HEART {
    @Override
    boolean contains(double x, double y) {
      // (u² + v² − 1)³ ≤ u² v³, scaled into the unit circle.
      double u = 1.22 * x;
      double v = 1.22 * y + 0.1;
      double a = u * u + v * v - 1;
      return a * a * a <= u * u * v * v * v;
    }
  },
  HOURGLASS {
    @Override
    boolean contains(double x, double y) {
      return Math.abs(y) <= 0.82 && Math.abs(x) <= 0.07 + 0.7 * Math.abs(y);
    }
  },
  RING {
    @Override
    boolean contains(double x, double y) {
      return withinDisc(x, y, 0.93) && !withinDisc(x, y, 0.52);
    }
  },
  SQUARE {
    @Override
    boolean contains(double x, double y) {
      return Math.max(Math.abs(x), Math.abs(y)) <= 0.7;
    }
  },
  STAR {
    private static final double[] OUTLINE = star(5, 1, 0.42);

    @Override
    boolean contains(double x, double y) {
      return withinPolygon(OUTLINE, x, y);
    }
  },
  TRIANGLE {
    private static final double[] OUTLINE = star(3, 1, 0.5);

    @Override
    boolean contains(double x, double y) {
      return withinPolygon(OUTLINE, x, y);
    }
  };

  private static final Shape[] ALL = values();

  private final String label = name().toLowerCase(Locale.ROOT);

  /** Whether a point lies in the shape. */
  abstract boolean contains(double x, double y);

  /** The class of a picture: all classes in turn. */
  static Shape ofIndex(long index) {
    return ALL[(int) (index % ALL.length)];
  }

  String label() {
    return label;
  }

  private static boolean withinDisc(double x, double y, double radius) {
    return x * x + y * y <= radius * radius;
  }

  /** Corners x, y, … of a star with its first point upwards; strict mathematics, for equal bits. */
  private static double[] star(int points, double outerRadius, double innerRadius) {
    double[] corners = new double[points * 4];
    for (int i = 0; i < points * 2; i++) {
      double angle = StrictMath.PI * (0.5 + (double) i / points);
      double radius = i % 2 == 0 ? outerRadius : innerRadius;
      corners[2 * i] = radius * StrictMath.cos(angle);
      corners[2 * i + 1] = radius * StrictMath.sin(angle);
    }
    return corners;
  }

  /** Counts the edges that a ray to the right crosses. */
  private static boolean withinPolygon(double[] corners, double x, double y) {
    boolean within = false;
    for (int i = 0, j = corners.length - 2; i < corners.length; j = i, i += 2) {
      double yi = corners[i + 1];
      double yj = corners[j + 1];
      if (yi > y != yj > y && x < corners[i] + (y - yi) / (yj - yi) * (corners[j] - corners[i])) {
        within = !within;
      }
    }
    return within;
  }
}
