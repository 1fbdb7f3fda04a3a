package io.viewstream.imaging.source.internal;

/**
 * A surface of two colours: a pattern says for each point how much of the second one shows.
 * Patterns are given in pixels of the picture divided by its side, so they look the same at any
 * size.
 */
final class Texture {
  private enum Pattern {
    PLAIN,
    GRADIENT,
    STRIPES,
    CHECKS,
    DOTS,
    CLOUDS
  }

  private static final Pattern[] PATTERNS = Pattern.values();
  private static final int LATTICE = 8;

  private final Pattern pattern;
  private final double[] first;
  private final double[] second;
  private final double cosine;
  private final double sine;
  private final double frequency;
  private final double phase;
  private final double[] lattice;

  /**
   * A texture by chance, in colours of a range of brightness.
   *
   * @param darkest lowest brightness of its colours, in [0, 1]
   * @param lightest highest brightness of its colours, in [0, 1]
   */
  Texture(RandomNumbers random, double darkest, double lightest) {
    this.pattern = PATTERNS[random.index(PATTERNS.length)];
    this.first = colour(random, random.uniform(darkest, lightest));
    this.second = colour(random, random.uniform(darkest, lightest));
    double angle = random.uniform(0, 2 * StrictMath.PI);
    this.cosine = StrictMath.cos(angle);
    this.sine = StrictMath.sin(angle);
    this.frequency = random.uniform(3, 7);
    this.phase = random.uniform(0, 1);
    this.lattice = new double[LATTICE * LATTICE];
    for (int i = 0; i < lattice.length; i++) {
      lattice[i] = random.uniform(0, 1);
    }
  }

  /** A hue and saturation by chance at a given brightness: red, green and blue in [0, 1]. */
  private static double[] colour(RandomNumbers random, double brightness) {
    double[] colour = {random.uniform(0, 1), random.uniform(0, 1), random.uniform(0, 1)};
    double own = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2];
    double[] target = new double[3];
    // Towards black by scaling, towards white by mixing, which both keep the hue.
    for (int c = 0; c < 3; c++) {
      target[c] =
          brightness <= own
              ? colour[c] * brightness / own
              : 1 - (1 - colour[c]) * (1 - brightness) / (1 - own);
    }
    return target;
  }

  /**
   * Adds the colour at a point.
   *
   * @param x in [0, 1] over the picture
   * @param y in [0, 1] over the picture
   * @param weight factor of what is added
   * @param sum red, green and blue to add to
   */
  void add(double x, double y, double weight, double[] sum) {
    double share = weight * share(x, y);
    for (int c = 0; c < 3; c++) {
      sum[c] += first[c] * (weight - share) + second[c] * share;
    }
  }

  private double share(double x, double y) {
    double u = cosine * (x - 0.5) + sine * (y - 0.5);
    double v = cosine * (y - 0.5) - sine * (x - 0.5);
    return switch (pattern) {
      case PLAIN -> 0;
      case GRADIENT -> Math.clamp(u + 0.5, 0, 1);
      case STRIPES -> fraction(u * frequency + phase) < 0.5 ? 0 : 1;
      case CHECKS ->
          (fraction(u * frequency / 1.5 + phase) < 0.5)
                  == (fraction(v * frequency / 1.5 + phase) < 0.5)
              ? 0
              : 1;
      case DOTS -> {
        double du = fraction(u * frequency + phase) - 0.5;
        double dv = fraction(v * frequency + phase) - 0.5;
        yield du * du + dv * dv < 0.1 ? 1 : 0;
      }
      case CLOUDS -> cloud((x + phase) * frequency, (y + phase) * frequency);
    };
  }

  private static double fraction(double value) {
    return value - Math.floor(value);
  }

  /** Random values on a lattice, smoothly between. */
  private double cloud(double x, double y) {
    double fx = fraction(x);
    double fy = fraction(y);
    int column = (int) Math.floor(x);
    int row = (int) Math.floor(y);
    double sx = fx * fx * (3 - 2 * fx);
    double sy = fy * fy * (3 - 2 * fy);
    double upper = value(column, row) * (1 - sx) + value(column + 1, row) * sx;
    double lower = value(column, row + 1) * (1 - sx) + value(column + 1, row + 1) * sx;
    return upper * (1 - sy) + lower * sy;
  }

  private double value(int column, int row) {
    return lattice[Math.floorMod(row, LATTICE) * LATTICE + Math.floorMod(column, LATTICE)];
  }
}
