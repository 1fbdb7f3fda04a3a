package io.viewstream.tensorrt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFilesTest {

  private static final long SEED = 5;
  private static final int CASES = 2_000;

  @TempDir Path folder;

  @Test
  void shouldTakeTheFileAloneWhenItHoldsItsWeights() throws IOException {
    Path onnx =
        Files.write(
            folder.resolve("model.onnx"), Protobuf.field(7, Protobuf.field(11, new byte[5])));

    assertThat(ModelFiles.sha256(onnx)).isEqualTo(Sha256.of(onnx, 0));
  }

  @Test
  void shouldDependOnTheWeightsBesideIt() throws IOException {
    Path onnx = Files.write(folder.resolve("model.onnx"), external("sub/weights.bin"));
    Files.createDirectory(folder.resolve("sub"));
    Path weights = Files.write(folder.resolve("sub/weights.bin"), new byte[] {1});
    String one = ModelFiles.sha256(onnx);
    Files.write(weights, new byte[] {2});
    String two = ModelFiles.sha256(onnx);

    assertThat(two).isNotEqualTo(one);
    Files.delete(weights);
    assertThatThrownBy(() -> ModelFiles.sha256(onnx)).isInstanceOf(NoSuchFileException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../weights", "/dev/zero", "a/../../b", "", "we\0ights"})
  void shouldNotReadWhatIsNotBelowItsFolder(String location) throws IOException {
    Path onnx = Files.write(folder.resolve("model.onnx"), external(location));

    assertThatThrownBy(() -> ModelFiles.sha256(onnx))
        .hasMessage(
            "%s keeps weights in \"%s\", must keep them below its own folder"
                .formatted(onnx, location.replace('\0', '?')));
  }

  /** Protobuf's readers take numbers that are longer than they need be. */
  @Test
  void shouldReadNumbersOfAnyLength() throws IOException {
    byte[] tensor = Protobuf.field(5, entry("gone"));
    byte[] graph = Protobuf.join(new byte[] {5 << 3, (byte) 0x81, (byte) 0x80, 0}, tensor);
    Path onnx = Files.write(folder.resolve("model.onnx"), Protobuf.field(7, graph));

    assertThatThrownBy(() -> ModelFiles.sha256(onnx)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void shouldNotFollowGraphsWithoutAnEnd() throws IOException {
    byte[] graph = new byte[0];
    for (int i = 0; i < 2_000; i++) {
      graph = Protobuf.field(1, Protobuf.field(5, Protobuf.field(6, graph)));
    }
    Path onnx = Files.write(folder.resolve("model.onnx"), Protobuf.field(7, graph));

    assertThatThrownBy(() -> ModelFiles.sha256(onnx))
        .isInstanceOf(IOException.class)
        .hasMessage(onnx + " is not an ONNX file, or ends too early");
  }

  private static byte[] entry(String location) {
    return Protobuf.field(
        13, Protobuf.join(Protobuf.text(1, "location"), Protobuf.text(2, location)));
  }

  @Test
  void shouldSurviveAnyBytes() throws IOException {
    Random random = new Random(SEED);
    byte[] good = external("weights");
    Files.write(folder.resolve("weights"), new byte[1]);
    for (int i = 0; i < CASES; i++) {
      byte[] bytes = Arrays.copyOf(good, random.nextInt(good.length + 1));
      for (int change = random.nextInt(4); change > 0 && bytes.length > 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Path onnx = Files.write(folder.resolve("model.onnx"), bytes);

      assertThatCode(
              () -> {
                try {
                  ModelFiles.sha256(onnx);
                } catch (IOException expected) {
                  assertThat(expected).hasMessageNotContaining("\n");
                }
              })
          .as("seed %d, case %d", SEED, i)
          .doesNotThrowAnyException();
    }
  }

  private static byte[] external(String location) {
    byte[] entries =
        Protobuf.join(
            Protobuf.field(13, Protobuf.join(Protobuf.text(1, "offset"), Protobuf.text(2, "0"))),
            Protobuf.field(
                13, Protobuf.join(Protobuf.text(1, "location"), Protobuf.text(2, location))));
    return Protobuf.field(
        7, Protobuf.join(Protobuf.field(1, Protobuf.text(4, "Conv")), Protobuf.field(5, entries)));
  }
}
