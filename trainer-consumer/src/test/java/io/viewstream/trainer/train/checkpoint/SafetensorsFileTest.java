package io.viewstream.trainer.train.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {

  @TempDir private Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("a.safetensors");
  }

  @Test
  void shouldWriteTheFormatByteForByte() throws IOException {
    file(new float[] {1, -2.5f}).write(path);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    int headerSize = (int) bytes.getLong();
    String header = new String(bytes.array(), 8, headerSize, StandardCharsets.UTF_8);
    assertThat(headerSize % 8).isZero();
    assertThat(header.strip())
        .isEqualTo(
            "{\"__metadata__\":{\"k\":\"v\"},"
                + "\"empty\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},"
                + "\"row\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}");
    bytes.position(8 + headerSize);
    assertThat(bytes.getFloat()).isEqualTo(1f);
    assertThat(bytes.getFloat()).isEqualTo(-2.5f);
    assertThat(bytes.hasRemaining()).isFalse();
  }

  @Test
  void shouldReadBackWhatItWroteAcrossChunks() throws IOException {
    float[] values = new float[600_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(i * 7919);
    }
    SequencedMap<String, TensorData> tensors = new LinkedHashMap<>();
    tensors.put("b", TensorData.of(values));
    tensors.put("a", new TensorData(new Shape(), FloatBuffer.wrap(new float[] {3})));
    new SafetensorsFile(Map.of(), tensors).write(path);
    SafetensorsFile read = SafetensorsFile.read(path);
    assertThat(read.tensors().keySet()).containsExactly("b", "a");
    assertThat(read.tensors().get("b").toArray()).isEqualTo(values);
    assertThat(read.tensors().get("a").shape()).isEqualTo(new Shape());
  }

  @Test
  void shouldWriteOtherTypesAndValuesThatLieInAFile() throws IOException {
    Path raw = folder.resolve("raw");
    Files.write(raw, new byte[] {0, 0, (byte) 0x80, 0x3f});
    SafetensorsWriter writer =
        new SafetensorsWriter(Map.of())
            .addFloats("one", new Shape(1, 1), raw)
            .addIntegers("steps", new Shape(), new long[] {-7})
            .addBytes("text", new byte[] {65, 66});
    writer.write(path);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    int headerSize = (int) bytes.getLong();
    assertThat(new String(bytes.array(), 8, headerSize, StandardCharsets.UTF_8).strip())
        .isEqualTo(
            "{\"__metadata__\":{},"
                + "\"one\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
                + "\"steps\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[4,12]},"
                + "\"text\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[12,14]}}");
    bytes.position(8 + headerSize);
    assertThat(bytes.getFloat()).isEqualTo(1f);
    assertThat(bytes.getLong()).isEqualTo(-7);
    assertThat(bytes.remaining()).isEqualTo(2);
    assertThatThrownBy(() -> writer.addBytes("one", new byte[0]))
        .hasMessageContaining("There is a tensor one already");
    SafetensorsWriter tooFew = new SafetensorsWriter(Map.of()).addFloats("two", new Shape(2), raw);
    assertThatThrownBy(() -> tooFew.write(path))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Tensor two")
        .hasMessageContaining("8 bytes, but 4 were given");
  }

  @Test
  void shouldNameTheFileThatIsCutOff() throws IOException {
    file(new float[] {1, 2}).write(path);
    byte[] bytes = Files.readAllBytes(path);
    for (int size : new int[] {0, 5, 20, bytes.length - 1}) {
      Files.write(path, Arrays.copyOf(bytes, size));
      assertThatThrownBy(() -> SafetensorsFile.read(path))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(path.toString());
    }
  }

  @Test
  void shouldSayWhatIsNotASafetensorsFile() throws IOException {
    assertThatThrownBy(() -> SafetensorsFile.read(path)).hasMessage("There is no file " + path);
    Files.writeString(path, "This is a text, not tensors.");
    assertThatThrownBy(() -> SafetensorsFile.read(path))
        .hasMessageContaining("is not a safetensors file");
  }

  @Test
  void shouldSayWhenAHeaderLies() throws IOException {
    for (String tensor :
        List.of(
            // 2^62 values of 4 bytes are 0 bytes modulo 2^64.
            "\"shape\":[2147483648,2147483648],\"data_offsets\":[0,0]",
            "\"shape\":[-1,-1],\"data_offsets\":[0,4]",
            "\"shape\":[1],\"data_offsets\":[9223372036854775800,9223372036854775804]",
            "\"shape\":[2],\"data_offsets\":[4,-4]")) {
      byte[] header =
          ("{\"a\":{\"dtype\":\"F32\"," + tensor + "}}").getBytes(StandardCharsets.UTF_8);
      ByteBuffer bytes =
          ByteBuffer.allocate(Long.BYTES + header.length + 8).order(ByteOrder.LITTLE_ENDIAN);
      Files.write(path, bytes.putLong(header.length).put(header).array());
      assertThatThrownBy(() -> SafetensorsFile.read(path))
          .as(tensor)
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("is damaged: tensor a");
    }
  }

  @Test
  void shouldKeepTheLastTwoCheckpoints() throws IOException {
    CheckpointFolder checkpoints = new CheckpointFolder(folder.resolve("new"));
    assertThat(checkpoints.latest()).isEmpty();
    for (long step : new long[] {5, 90, 1_000}) {
      checkpoints.save(step, file(new float[] {step, 0}));
    }
    assertThat(checkpoints.latest().map(Path::getFileName))
        .hasToString("Optional[checkpoint-000001000.safetensors]");
    try (Stream<Path> files = Files.list(checkpoints.path())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "checkpoint-000000090.safetensors", "checkpoint-000001000.safetensors");
    }
    assertThatThrownBy(() -> CheckpointFolder.resolve(folder.resolve("none")))
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> CheckpointFolder.resolve(folder))
        .hasMessageContaining("holds no file named checkpoint-");
  }

  private static SafetensorsFile file(float[] row) {
    SequencedMap<String, TensorData> tensors = new LinkedHashMap<>();
    tensors.put("empty", TensorData.of(new float[0]));
    tensors.put("row", new TensorData(new Shape(1, 2), FloatBuffer.wrap(row)));
    return new SafetensorsFile(Map.of("k", "v"), tensors);
  }
}
