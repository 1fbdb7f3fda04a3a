package io.viewstream.generators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ViewSeedTest {

  private static final byte[] SHA256_OF_ABC =
      HexFormat.of().parseHex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

  /** Computed by an independent program (Python's hashlib and struct). */
  @Test
  void shouldKeepItsGoldenValues() {
    assertThat(seed(7, "cifar10/train/cat/0001.jpg", "photometric", "1", 0, 0))
        .isEqualTo(-1811343490022897340L);
    assertThat(seed(7, "cifar10/train/cat/0001.jpg", "photometric", "1", 3, 2))
        .isEqualTo(-7703090362180266671L);
    assertThat(seed(-1, "bär/猫.png", "icgan32", "0.1", 0, 0)).isEqualTo(4241840651625934500L);
  }

  @Test
  void shouldDependOnEveryComponentAndOnItsBorders() throws NoSuchAlgorithmException {
    byte[] other =
        MessageDigest.getInstance("SHA-256").digest("abd".getBytes(StandardCharsets.UTF_8));
    LongStream seeds =
        LongStream.of(
            seed(1, "ab", "c", "d", 0, 0),
            seed(2, "ab", "c", "d", 0, 0),
            seed(1, "a", "bc", "d", 0, 0),
            seed(1, "ab", "", "cd", 0, 0),
            seed(1, "ab", "cd", "", 0, 0),
            seed(1, "ab", "c", "d", 1, 0),
            seed(1, "ab", "c", "d", 0, 1),
            new ViewSeed(1, "ab", other, "c", "d", 0, 0).value());
    assertThat(seeds.boxed()).doesNotHaveDuplicates();
  }

  @Test
  void shouldRefuseADigestOfAnotherLength() {
    assertThatThrownBy(() -> new ViewSeed(0, "dataset/a.png", new byte[20], "g", "1", 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("SHA-256 of image dataset/a.png has 20 bytes, must have 32");
  }

  private static long seed(
      long runSeed, String imageId, String generator, String version, int index, int attempt) {
    return new ViewSeed(runSeed, imageId, SHA256_OF_ABC, generator, version, index, attempt)
        .value();
  }
}
