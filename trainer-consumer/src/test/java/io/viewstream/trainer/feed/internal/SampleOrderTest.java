package io.viewstream.trainer.feed.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.trainer.feed.Rank;
import io.viewstream.trainer.feed.Tail;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SampleOrderTest {

  private static List<Integer> batch(SampleOrder order, int batch, int batchSize, int worldSize) {
    List<Integer> images = new ArrayList<>();
    for (int rank = 0; rank < worldSize; rank++) {
      for (int sample = 0; sample < batchSize / worldSize; sample++) {
        images.add(order.image(order.position(batch, new Rank(rank, worldSize), sample)));
      }
    }
    return images;
  }

  @Test
  void shouldShowTheSameGlobalBatchesToWorldsOfAnySize() {
    for (int seed = 0; seed < 20; seed++) {
      int images = 50 + 13 * seed;
      SampleOrder order = new SampleOrder(images, 16, Tail.WRAP, seed, 3);
      for (int batch = 0; batch < order.batchCount(); batch++) {
        List<Integer> single = batch(order, batch, 16, 1);
        assertThat(batch(order, batch, 16, 2)).as("seed " + seed).isEqualTo(single);
        assertThat(batch(order, batch, 16, 4)).as("seed " + seed).isEqualTo(single);
      }
    }
  }

  @Test
  void shouldShowEachImageOnceAndLeaveTheTailOut() {
    SampleOrder order = new SampleOrder(103, 10, Tail.DROP, 5, 0);
    assertThat(order.batchCount()).isEqualTo(10);
    Set<Integer> seen = new HashSet<>();
    for (int batch = 0; batch < 10; batch++) {
      seen.addAll(batch(order, batch, 10, 1));
    }
    assertThat(seen).hasSize(100).allMatch(image -> image >= 0 && image < 103);
    assertThat(new SampleOrder(9, 10, Tail.DROP, 5, 0).batchCount()).isZero();
    assertThat(new SampleOrder(20, 10, Tail.DROP, 5, 0).batchCount()).isEqualTo(2);
  }

  @Test
  void shouldFillTheLastBatchFromTheBeginning() {
    SampleOrder order = new SampleOrder(23, 10, Tail.WRAP, 5, 0);
    assertThat(order.batchCount()).isEqualTo(3);
    List<Integer> first = batch(order, 0, 10, 1);
    List<Integer> last = batch(order, 2, 10, 1);
    assertThat(last.subList(3, 10)).isEqualTo(first.subList(0, 7));
    assertThat(order.lap(22)).isZero();
    assertThat(order.lap(23)).isEqualTo(1);
    assertThat(new SampleOrder(20, 10, Tail.WRAP, 5, 0).batchCount()).isEqualTo(2);
    assertThat(batch(new SampleOrder(3, 10, Tail.WRAP, 5, 0), 0, 10, 1)).hasSize(10);
  }

  @Test
  void shouldOrderEachEpochAndSeedAnew() {
    List<Integer> one = batch(new SampleOrder(1000, 1000, Tail.DROP, 5, 0), 0, 1000, 1);
    assertThat(batch(new SampleOrder(1000, 1000, Tail.DROP, 5, 0), 0, 1000, 1)).isEqualTo(one);
    assertThat(batch(new SampleOrder(1000, 1000, Tail.DROP, 5, 1), 0, 1000, 1))
        .isNotEqualTo(one)
        .containsExactlyInAnyOrderElementsOf(one);
    assertThat(batch(new SampleOrder(1000, 1000, Tail.DROP, 6, 0), 0, 1000, 1)).isNotEqualTo(one);
  }

  @Test
  void shouldPutEveryImageEverywhereEquallyOften() {
    int[][] counts = new int[5][5];
    for (int epoch = 0; epoch < 20_000; epoch++) {
      SampleOrder order = new SampleOrder(5, 5, Tail.DROP, 1, epoch);
      for (int position = 0; position < 5; position++) {
        counts[position][order.image(position)]++;
      }
    }
    for (int[] position : counts) {
      for (int count : position) {
        assertThat(count).isBetween(3800, 4200);
      }
    }
  }
}
