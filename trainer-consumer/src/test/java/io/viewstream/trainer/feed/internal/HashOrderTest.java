package io.viewstream.trainer.feed.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HashOrderTest {

  @Test
  void shouldOrderByHashAndWhereThatIsEqualAsItIsTold() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int size = random.nextInt(seed + 1);
      boolean fewHashes = random.nextBoolean();
      long[] hashes = random.longs(size).map(hash -> fewHashes ? hash % 3 : hash).toArray();
      int[] images = IntStream.range(0, size).toArray();
      Comparator<Integer> descending = Comparator.reverseOrder();

      int[] expected =
          IntStream.of(images)
              .boxed()
              .sorted(
                  Comparator.comparingLong((Integer image) -> hashes[image])
                      .thenComparing(descending))
              .mapToInt(Integer::intValue)
              .toArray();

      HashOrder order = HashOrder.of(hashes, images, descending);
      assertThat(order.images()).as("seed %d", seed).isEqualTo(expected);
      assertThat(order.hashes())
          .as("seed %d", seed)
          .isEqualTo(IntStream.of(expected).mapToLong(image -> hashes[image]).toArray());
    }
  }
}
