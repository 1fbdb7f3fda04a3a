package io.viewstream.trainer.similarity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedFeaturesTest {

  @Test
  void shouldGiveTheNumbersThatAreKnownByHand() {
    // Centred: A = (-1, 0, 1)', B = (1, -2, 1)' and C = (-1, -1, 2)'; A'B = 0, A'C = 3.
    assertThat(similarity(new double[] {0, 1, 2}, new double[] {1, -2, 1}))
        .isEqualTo(new Similarity(0, 2));
    Similarity related = similarity(new double[] {0, 1, 2}, new double[] {4, 4, 7});
    assertThat(related.linearCka()).isCloseTo(9.0 / 12, offset(1e-12));
    assertThat(related.procrustesDistance()).isCloseTo(2 - 6 / Math.sqrt(12), offset(1e-12));
  }

  @Test
  void shouldNotDependOnBatchesNorOnWhereFeaturesLie() {
    Random random = new Random(5);
    int images = 40;
    double[] left = random.doubles(images * 6).toArray();
    double[] right = random.doubles(images * 3).toArray();
    for (int i = 0; i < images; i++) {
      right[3 * i] += left[6 * i];
    }
    Similarity whole = compare(left, right, images, 0);
    Similarity parts = compare(left, right, 7, 1e6);
    assertThat(parts.linearCka()).isCloseTo(whole.linearCka(), offset(1e-8));
    assertThat(parts.procrustesDistance()).isCloseTo(whole.procrustesDistance(), offset(1e-8));
    assertThat(whole.linearCka()).isBetween(0.05, 0.95);
  }

  @Test
  void shouldSayWhichEncoderCannotBeCompared() {
    PairedFeatures constant = new PairedFeatures(1, 2);
    constant.add(new double[] {1, 2}, new double[] {0.1, 0.3, 0.1, 0.3}, 2);
    assertThatThrownBy(constant::compare)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("second encoder gives the same features for all 2 images");
    PairedFeatures broken = new PairedFeatures(1, 1);
    broken.add(new double[] {Double.NaN, 2}, new double[] {1, 2}, 2);
    assertThatThrownBy(broken::compare).hasMessageContaining("first encoder gives features that");
  }

  private static Similarity similarity(double[] left, double[] right) {
    PairedFeatures features = new PairedFeatures(1, 1);
    features.add(left, right, left.length);
    return features.compare();
  }

  private static Similarity compare(double[] left, double[] right, int batch, double shift) {
    PairedFeatures features = new PairedFeatures(6, 3);
    int images = right.length / 3;
    for (int from = 0; from < images; from += batch) {
      int count = Math.min(batch, images - from);
      double[] shifted = new double[6 * count];
      double[] rows = new double[3 * count];
      for (int i = 0; i < shifted.length; i++) {
        shifted[i] = left[6 * from + i] + shift;
      }
      System.arraycopy(right, 3 * from, rows, 0, rows.length);
      features.add(shifted, rows, count);
    }
    return features.compare();
  }
}
