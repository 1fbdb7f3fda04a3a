package io.viewstream.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExternalWeightsTest {

  private static final long SEED = 3;
  private static final int CASES = 5_000;
  private static final int LENGTH_DELIMITED = 2;

  /** The fields of onnx.proto from the model to a tensor, one after the other. */
  @ParameterizedTest
  @CsvSource({
    "initializer, '7 5'",
    "sparse initializer's values, '7 15 1'",
    "sparse initializer's indices, '7 15 2'",
    "attribute's tensor, '7 1 5 5'",
    "attribute's tensors, '7 1 5 10'",
    "attribute's sparse tensor, '7 1 5 22 1'",
    "attribute's sparse tensors, '7 1 5 23 2'",
    "initializer of a branch, '7 1 5 6 5'",
    "initializer of one of many branches, '7 1 5 11 5'",
    "tensor in a branch of a branch, '7 1 5 6 1 5 11 1 5 5'",
    "training's start, '20 1 5'",
    "training's algorithm, '20 2 5'",
    "function's node, '25 7 5 5'",
    "function's default, '25 11 5'"
  })
  void shouldFindWeightsWhereverATensorMayStand(String place, String fields) {
    byte[] message = external("weights.bin");
    for (String field : Arrays.asList(fields.split(" ")).reversed()) {
      message = field(Integer.parseInt(field), message);
    }
    assertThat(locations(message)).as(place).containsExactly("weights.bin");
  }

  @Test
  void shouldFindAllOfThem() {
    byte[] first = field(7, field(5, external("a")), field(5, external("b")));
    byte[] second = field(7, field(5, external("c")), field(5, external("a")));
    assertThat(locations(field(1, new byte[] {8}), first, second)).containsExactly("a", "b", "c");
  }

  @Test
  void shouldTakeNothingElseForALocation() {
    byte[] offset = field(13, text(1, "offset"), text(2, "4096"));
    assertThat(locations(field(7, field(5, offset)))).isEmpty();
  }

  @Test
  void shouldNotFollowGraphsWithoutAnEnd() {
    byte[] graph = external("deep");
    for (int i = 0; i < 2_000; i++) {
      graph = field(1, field(5, field(6, graph)));
    }
    byte[] model = field(7, graph);
    assertThatThrownBy(() -> locations(model))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("messages are nested deeper than 100");
  }

  @Test
  void shouldSurviveAnyBytes() {
    Random random = new Random(SEED);
    byte[] good = field(7, field(1, field(5, field(5, external("weights")))));
    for (int i = 0; i < CASES; i++) {
      byte[] bytes = Arrays.copyOf(good, random.nextInt(good.length + 1));
      for (int change = random.nextInt(4); change > 0 && bytes.length > 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(locations(bytes)).as("seed %d, case %d", SEED, i).hasSizeLessThan(2);
      } catch (IllegalArgumentException expected) {
        assertThat(expected).as("seed %d, case %d", SEED, i).hasMessageNotContaining("\n");
      }
    }
  }

  private static Set<String> locations(byte[]... messages) {
    return ExternalWeights.locations(new ProtobufReader(ByteBuffer.wrap(join(messages))));
  }

  private static byte[] external(String location) {
    return join(
        field(13, text(1, "offset"), text(2, "0")),
        field(13, text(1, "location"), text(2, location)));
  }

  private static byte[] text(int number, String text) {
    return field(number, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] field(int number, byte[]... content) {
    byte[] joined = join(content);
    return join(varint(number << 3 | LENGTH_DELIMITED), varint(joined.length), joined);
  }

  private static byte[] varint(int value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int left = value;
    while (left > 0x7f) {
      bytes.write(left & 0x7f | 0x80);
      left >>>= 7;
    }
    bytes.write(left);
    return bytes.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }
}
