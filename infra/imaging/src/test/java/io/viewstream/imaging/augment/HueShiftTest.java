package io.viewstream.imaging.augment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The tables of {@link HueShift} against the plain computation, over the whole cube of colours. */
class HueShiftTest {

  private static final int SIDE = 256;

  @Test
  void shouldTurnEveryColourAsTheComputationDoes() {
    for (int red = 0; red < SIDE; red += 5) {
      int steps = red * 7 & 0xff;
      PlanarImage image = new PlanarImage();
      image.resize(SIDE, SIDE);
      for (int green = 0; green < SIDE; green++) {
        for (int blue = 0; blue < SIDE; blue++) {
          image.row(0, green)[blue] = red;
          image.row(1, green)[blue] = green;
          image.row(2, green)[blue] = blue;
        }
      }
      HueShift.apply(image, steps / 255.0);
      for (int green = 0; green < SIDE; green++) {
        for (int blue = 0; blue < SIDE; blue++) {
          int turned =
              image.row(0, green)[blue] << 16
                  | image.row(1, green)[blue] << 8
                  | image.row(2, green)[blue];
          if (turned != turned(red, green, blue, (int) (steps / 255.0 * 255))) {
            assertThat(Integer.toHexString(turned))
                .as("colour %d %d %d turned by %d", red, green, blue, steps)
                .isEqualTo(Integer.toHexString(turned(red, green, blue, steps)));
          }
        }
      }
    }
  }

  /** By the definition: into 8-bit HSV, a sum modulo 256, and back. */
  private static int turned(int red, int green, int blue, int steps) {
    int value = Math.max(red, Math.max(green, blue));
    int range = value - Math.min(red, Math.min(green, blue));
    int saturation = range == 0 ? 0 : (int) ((float) range / (float) value * 255.0);
    if (saturation == 0) {
      return value << 16 | value << 8 | value;
    }
    float redDistance = (float) (value - red) / range;
    float greenDistance = (float) (value - green) / range;
    float blueDistance = (float) (value - blue) / range;
    float sextants;
    if (red == value) {
      sextants = blueDistance - greenDistance;
    } else if (green == value) {
      sextants = (float) (2.0 + redDistance - blueDistance);
    } else {
      sextants = (float) (4.0 + greenDistance - redDistance);
    }
    int hue = (int) ((float) ((sextants / 6.0 + 1.0) % 1.0) * 255.0) + steps & 0xff;
    int sextant = (int) Math.floor(hue * 6 / 255.0);
    float fraction = (float) (hue * 6 / 255.0 - sextant);
    float part = (float) (saturation / 255.0);
    int p = (int) (value * (1.0 - part) + 0.5);
    int q = (int) (value * (1.0 - part * fraction) + 0.5);
    int t = (int) (value * (1.0 - part * (1.0 - fraction)) + 0.5);
    return switch (sextant % 6) {
      case 0 -> value << 16 | t << 8 | p;
      case 1 -> q << 16 | value << 8 | p;
      case 2 -> p << 16 | value << 8 | t;
      case 3 -> p << 16 | q << 8 | value;
      case 4 -> t << 16 | p << 8 | value;
      default -> value << 16 | p << 8 | q;
    };
  }
}
