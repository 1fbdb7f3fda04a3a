package io.viewstream.trainer.feed.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.schemas.serde.Piece;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ImageNumbersTest {

  /** Across many growths of the table, and with few hashes for many ids. */
  @Test
  void shouldNumberImagesInTheOrderInWhichTheyAreMet() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      boolean fewHashes = seed % 2 == 0;
      List<String> idAtLocation = new ArrayList<>();
      ImageNumbers numbers =
          new ImageNumbers(location -> Piece.ofText(idAtLocation.get((int) location)));
      Map<String, Integer> expected = new HashMap<>();

      for (int location = 0; location < 8_000; location++) {
        String id = "image-" + random.nextInt(fewHashes ? 60 : 6_000);
        idAtLocation.add(id);
        int number = numbers.of(location, entry(id, fewHashes));

        assertThat(number)
            .as("seed %d, location %d", seed, location)
            .isEqualTo(expected.computeIfAbsent(id, key -> expected.size()));
      }

      assertThat(numbers.size()).as("seed %d", seed).isEqualTo(expected.size());
      expected.forEach((id, number) -> assertThat(numbers.imageId(number)).isEqualTo(id));
    }
  }

  private static PoolRecord entry(String id, boolean fewHashes) {
    PoolRecord record =
        PoolRecord.source(0, 0, id, new byte[32], null, 1, 1, ByteBuffer.allocate(1));
    long hash = fewHashes ? record.imageHash() % 5 : record.imageHash();
    return new PoolRecord(
        record.kind(),
        record.partition(),
        record.offset(),
        record.encodedImageId(),
        hash,
        record.sha256(),
        record.encodedRun(),
        record.viewIndex(),
        record.encodedLabel(),
        record.width(),
        record.height(),
        record.content(),
        record.sourceOffset(),
        record.timestampMillis());
  }
}
