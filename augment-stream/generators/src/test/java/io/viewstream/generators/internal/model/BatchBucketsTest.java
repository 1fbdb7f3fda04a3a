package io.viewstream.generators.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.generators.DeviceFailedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchBucketsTest {

  private static final float[] FIRST = {1, 2};
  private static final float[] SECOND = {-3, 5};

  private final BatchBuckets buckets = new BatchBuckets(List.of(1, 4, 8));

  @Test
  void shouldTakeTheSmallestSizeThatHoldsTheRows() {
    assertThat(buckets.sizeFor(1)).isEqualTo(1);
    assertThat(buckets.sizeFor(2)).isEqualTo(4);
    assertThat(buckets.sizeFor(4)).isEqualTo(4);
    assertThat(buckets.sizeFor(5)).isEqualTo(8);
    assertThat(buckets.sizeFor(9)).isEqualTo(8);
  }

  @Test
  void shouldKeepAllSizesOfAModelThatRoundsALittle() {
    assertThat(checked(rows -> scaled(rows, 1 + 1e-5f))).isEqualTo(buckets);
  }

  @Test
  void shouldDropTheSizeWhoseRowsDependOnTheirNeighbours() {
    assertThat(
            checked(
                rows -> {
                  List<float[]> results = scaled(rows, 1);
                  if (rows.size() == 4) {
                    results.set(3, results.get(2));
                  }
                  return results;
                }))
        .isEqualTo(new BatchBuckets(List.of(1, 8)));
  }

  /** Far below the tolerance: the reference alone would not notice. */
  @Test
  void shouldDropTheSizeAtWhichEqualRowsDifferByTheirPlace() {
    assertThat(
            checked(
                rows -> {
                  List<float[]> results = scaled(rows, 1);
                  if (rows.size() == 8) {
                    results.get(6)[1] = Math.nextUp(results.get(6)[1]);
                  }
                  return results;
                }))
        .isEqualTo(new BatchBuckets(List.of(1, 4)));
  }

  @Test
  void shouldDropTheSizeThatGivesNoNumbers() {
    assertThat(checked(rows -> scaled(rows, rows.size() == 8 ? Float.NaN : 1)))
        .isEqualTo(new BatchBuckets(List.of(1, 4)));
  }

  @Test
  void shouldDropTheSizeThatGivesNumbersWhereTheReferenceIsInfinite() {
    float[] large = {Float.MAX_VALUE, 0};
    BatchBuckets checked =
        buckets.checked(
            "tiny",
            BatchBuckets.tolerance(Manifest.Precision.FLOAT32),
            rows -> scaled(rows, rows.size() == 4 ? 1 : 2),
            rows -> scaled(rows, 2),
            large,
            large);
    assertThat(checked).isEqualTo(new BatchBuckets(List.of(1, 8)));
  }

  @Test
  void shouldExpectLessOfHalfPrecision() {
    BatchBuckets.RowFunction model = rows -> scaled(rows, 1.01f);
    assertThat(
            buckets.checked(
                "tiny",
                BatchBuckets.tolerance(Manifest.Precision.FLOAT16),
                model,
                rows -> scaled(rows, 1),
                FIRST,
                SECOND))
        .isEqualTo(buckets);
    assertThatThrownBy(() -> checked(model)).isInstanceOf(DeviceFailedException.class);
  }

  @Test
  void shouldGiveUpWhenNoSizeIsRight() {
    assertThatThrownBy(() -> checked(rows -> scaled(rows, 1.5f)))
        .isInstanceOf(DeviceFailedException.class)
        .hasMessage(
            "Generator tiny fails its check at every batch size of [1, 4, 8], see the warnings; try"
                + " another engine");
  }

  private BatchBuckets checked(BatchBuckets.RowFunction model) {
    return buckets.checked(
        "tiny",
        BatchBuckets.tolerance(Manifest.Precision.FLOAT32),
        model,
        rows -> scaled(rows, 1),
        FIRST,
        SECOND);
  }

  private static List<float[]> scaled(List<float[]> rows, float factor) {
    List<float[]> results = new ArrayList<>();
    for (float[] row : rows) {
      results.add(new float[] {row[0] * factor, row[1] * factor});
    }
    return results;
  }
}
