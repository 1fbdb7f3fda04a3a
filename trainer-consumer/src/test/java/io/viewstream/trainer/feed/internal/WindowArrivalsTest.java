package io.viewstream.trainer.feed.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WindowArrivalsTest {

  private static WindowArrivals twoPartitions() {
    return new WindowArrivals(new long[] {10, 20});
  }

  @Test
  void shouldCutWhereTheWantedNumberOfImagesIsReached() {
    WindowArrivals arrivals = twoPartitions();
    arrivals.add(0, 10, "a", false, 1);
    arrivals.add(1, 20, "b", false, 2);
    arrivals.add(0, 14, "c", false, 3);
    arrivals.add(1, 21, "d", false, 4);
    arrivals.add(1, 22, "e", false, 5);
    assertThat(arrivals.images()).isEqualTo(5);
    assertThat(arrivals.cut(4, 2)).hasValue(new long[] {15, 22});
    assertThat(arrivals.cut(2, 2)).hasValue(new long[] {11, 21});
    // Whole batches only: the fifth image stays.
    assertThat(arrivals.cut(6, 2)).hasValue(new long[] {15, 22});
    assertThat(arrivals.cut(6, 6)).isEmpty();

    arrivals.advanceTo(new long[] {15, 22});
    assertThat(arrivals.images()).isEqualTo(1);
    assertThat(arrivals.oldestNanos()).isEqualTo(5);
    assertThat(arrivals.ends()).containsExactly(15, 22);
    arrivals.add(0, 14, "late duplicate of a delivery", false, 6);
    assertThat(arrivals.images()).isEqualTo(1);
  }

  @Test
  void shouldCountAnImageOnceAndNoneThatIsWithdrawn() {
    WindowArrivals arrivals = twoPartitions();
    arrivals.add(0, 10, "a", false, 1);
    arrivals.add(0, 11, "a", false, 1);
    arrivals.add(0, 12, "b", false, 1);
    arrivals.add(0, 13, "a", true, 1);
    assertThat(arrivals.images()).isEqualTo(1);
    // "a" and "b" made a batch, but the last place with a whole batch is before the withdrawal.
    assertThat(arrivals.cut(4, 2)).hasValue(new long[] {13, 20});
    arrivals.add(1, 20, "c", false, 1);
    assertThat(arrivals.cut(4, 2)).hasValue(new long[] {14, 21});
  }

  @Test
  void shouldCutWholeBatchesOnlyWhateverArrives() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      WindowArrivals arrivals = twoPartitions();
      long[] next = {10, 20};
      long[] begins = {10, 20};
      record Came(int partition, long offset, String image, boolean withdrawn) {}
      java.util.List<Came> log = new java.util.ArrayList<>();
      for (int i = 0; i < 100; i++) {
        int partition = random.nextInt(2);
        next[partition] += random.nextInt(3);
        Came came =
            new Came(
                partition,
                next[partition]++,
                "image " + random.nextInt(60),
                random.nextInt(9) == 0);
        log.add(came);
        arrivals.add(came.partition(), came.offset(), came.image(), came.withdrawn(), i);
        if (random.nextInt(10) == 0) {
          int batchSize = 1 + random.nextInt(6);
          int wanted = batchSize * (1 + random.nextInt(3));
          long[] ends = arrivals.cut(wanted, batchSize).orElse(null);
          if (ends != null) {
            Set<String> images = new HashSet<>();
            for (Came earlier : log) {
              if (earlier.offset() >= begins[earlier.partition()]
                  && earlier.offset() < ends[earlier.partition()]) {
                if (earlier.withdrawn()) {
                  images.remove(earlier.image());
                } else {
                  images.add(earlier.image());
                }
              }
            }
            assertThat(images.size()).as("seed " + seed).isPositive().isLessThanOrEqualTo(wanted);
            assertThat(images.size() % batchSize).as("seed " + seed).isZero();
            arrivals.advanceTo(ends);
            begins = ends;
          } else {
            assertThat(arrivals.images()).as("seed " + seed).isLessThan(batchSize);
          }
        }
      }
    }
  }
}
