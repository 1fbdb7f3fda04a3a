package io.viewstream.tensorrt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFilesTest {

  private static final long SEED = 5;
  private static final int CASES = 2_000;

  @TempDir Path folder;

  @Test
  void shouldTakeTheFileAloneWhenItHoldsItsWeights() throws IOException {
    Path onnx = Files.write(folder.resolve("model.onnx"), field(7, field(11, new byte[5])));

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

  @Test
  void shouldFindWeightsInsideNodes() throws IOException {
    byte[] tensor = field(13, join(field(1, text("location")), field(2, text("constants"))));
    Path onnx =
        Files.write(folder.resolve("model.onnx"), field(7, field(1, field(5, field(5, tensor)))));

    assertThatThrownBy(() -> ModelFiles.sha256(onnx)).hasMessageContaining("constants");
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
        join(
            field(13, join(field(1, text("offset")), field(2, text("0")))),
            field(13, join(field(1, text("location")), field(2, text(location)))));
    return field(7, join(field(1, field(4, text("Conv"))), field(5, entries)));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A length-delimited field of a protobuf message. */
  private static byte[] field(int number, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(number << 3 | 2);
    for (int rest = content.length; ; rest >>>= 7) {
      out.write(rest < 128 ? rest : rest & 127 | 128);
      if (rest < 128) {
        break;
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
