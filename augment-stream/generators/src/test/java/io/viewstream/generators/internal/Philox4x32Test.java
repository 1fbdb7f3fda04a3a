package io.viewstream.generators.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The known answers of philox4x32 with 10 rounds that the authors' Random123 library is tested by.
 */
class Philox4x32Test {

  @Test
  void shouldGiveTheKnownAnswerForZeros() {
    assertThat(block(0, 0, 0)).containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
  }

  @Test
  void shouldGiveTheKnownAnswerForOnes() {
    assertThat(block(-1, -1, -1)).containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
  }

  @Test
  void shouldGiveTheKnownAnswerForTheDigitsOfPi() {
    assertThat(block(0x299f31d0a4093822L, 0x85a308d3243f6a88L, 0x0370734413198a2eL))
        .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  private static int[] block(long key, long counterLow, long counterHigh) {
    int[] block = new int[Philox4x32.WORDS];
    Philox4x32.block(key, counterLow, counterHigh, block);
    return block;
  }
}
