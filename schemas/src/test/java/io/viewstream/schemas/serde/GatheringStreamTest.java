package io.viewstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GatheringStreamTest {
  private static final int HEADER_BYTES = 5;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldKeepTheOrderOfSmallAndLargePieces(long seed) {
    Random random = new Random(seed);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    GatheringStream stream = new GatheringStream();
    for (int i = 0; i < 100; i++) {
      byte[] source = new byte[3000];
      random.nextBytes(source);
      int offset = random.nextInt(1000);
      int length = random.nextInt(i % 3 == 0 ? 2000 : 20);
      stream.write(source, offset, length);
      expected.write(source, offset, length);
      stream.write(source[0]);
      expected.write(source[0]);
    }
    byte[] all = stream.toByteArray(HEADER_BYTES);
    assertThat(Arrays.copyOfRange(all, HEADER_BYTES, all.length)).isEqualTo(expected.toByteArray());
    assertThat(Arrays.copyOf(all, HEADER_BYTES)).containsOnly(0);
  }
}
