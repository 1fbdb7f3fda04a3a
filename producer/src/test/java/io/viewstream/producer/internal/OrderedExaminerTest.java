package io.viewstream.producer.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.imaging.source.SourceEntry;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OrderedExaminerTest {
  private static final int ENTRIES = 700;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void shouldKeepTheOrderOfTheEntries(int threads) throws InterruptedException {
    Random random = new Random(threads);
    ImageExaminer examiner =
        new ImageExaminer("data", OptionalInt.empty(), 1_000_000, Clock.systemUTC());
    List<String> paths = new ArrayList<>();
    try (OrderedExaminer ordered = new OrderedExaminer(examiner, threads, 2 * threads)) {
      for (int i = 0; i < ENTRIES; i++) {
        // Some fill a group on their own; what is in them is no image, which is as good here.
        ByteBuffer content = ByteBuffer.allocate(i % 10 == 0 ? 200_000 : random.nextInt(2000));
        ordered
            .offer(new SourceEntry.ImageFile("" + i, Optional.empty(), content))
            .forEach(examined -> paths.add(path(examined)));
      }
      for (Optional<List<Examined>> rest = ordered.poll();
          rest.isPresent();
          rest = ordered.poll()) {
        rest.get().forEach(examined -> paths.add(path(examined)));
      }
    }
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      expected.add("" + i);
    }
    assertThat(paths).isEqualTo(expected);
  }

  private static String path(Examined examined) {
    return switch (examined) {
      case Examined.Accepted accepted -> accepted.image().getPath();
      case Examined.Rejected rejected -> String.valueOf(rejected.deadLetter().getPath());
    };
  }
}
