package io.viewstream.trainer.train.checkpoint;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.kafka.command.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;

/**
 * A file of named float32 tensors in the safetensors format, whole in memory; {@link
 * SafetensorsWriter} tells what it looks like.
 *
 * @param metadata text by key
 * @param tensors by name, in the order of the file
 * @see <a href="https://github.com/huggingface/safetensors">The format</a>
 */
public record SafetensorsFile(
    Map<String, String> metadata, SequencedMap<String, TensorData> tensors) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FLOAT32 = "F32";
  private static final long MAX_HEADER_SIZE_BYTES = 100_000_000;
  private static final long MAX_TENSOR_SIZE_BYTES = Integer.MAX_VALUE - 8;

  /** Copies the maps; the tensors are shared. */
  public SafetensorsFile {
    metadata = Map.copyOf(metadata);
    tensors = new LinkedHashMap<>(tensors);
  }

  /**
   * Writes the file and forces it to the disk.
   *
   * @param path to be created or replaced
   * @throws IOException if that fails; then an incomplete file may be left
   */
  public void write(Path path) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter(metadata);
    tensors.forEach(writer::add);
    writer.write(path);
  }

  /**
   * Reads a file.
   *
   * @throws CheckpointException if it is not there or not a whole safetensors file of float32
   *     tensors
   */
  public static SafetensorsFile read(Path path) {
    return read(path, metadata -> {});
  }

  /**
   * Reads a file whose tensors are of interest only with certain metadata.
   *
   * @param check throws if they are not there, before a tensor is looked at
   * @throws CheckpointException if it is not there or not a whole safetensors file of float32
   *     tensors
   */
  public static SafetensorsFile read(Path path, Consumer<Map<String, String>> check) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      readFully(channel, length, path);
      long headerSize = length.flip().getLong();
      if (headerSize < 2 || headerSize > Math.min(MAX_HEADER_SIZE_BYTES, channel.size())) {
        throw new CheckpointException(
            path + " is not a safetensors file: its header would have " + headerSize + " bytes");
      }
      ByteBuffer header = ByteBuffer.allocate((int) headerSize);
      readFully(channel, header, path);
      return parse(JSON.readTree(header.array()), check, channel, Long.BYTES + headerSize, path);
    } catch (NoSuchFileException e) {
      throw new CheckpointException("There is no file " + path, e);
    } catch (JsonProcessingException e) {
      throw new CheckpointException(path + " is not a safetensors file: its header is not JSON", e);
    } catch (IOException e) {
      throw new CheckpointException("Cannot read " + path + ": " + Reason.of(e), e);
    }
  }

  private static SafetensorsFile parse(
      JsonNode header,
      Consumer<Map<String, String>> check,
      FileChannel channel,
      long start,
      Path path)
      throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    header
        .path(SafetensorsWriter.METADATA)
        .properties()
        .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asText()));
    check.accept(metadata);
    SequencedMap<String, TensorData> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (entry.getKey().equals(SafetensorsWriter.METADATA)) {
        continue;
      }
      JsonNode node = entry.getValue();
      String name = entry.getKey();
      if (!FLOAT32.equals(node.path("dtype").asText())) {
        throw new CheckpointException(
            "%s: tensor %s is of type %s; only %s is read here"
                .formatted(path, name, node.path("dtype").asText(), FLOAT32));
      }
      long[] axes = new long[node.path("shape").size()];
      for (int axis = 0; axis < axes.length; axis++) {
        axes[axis] = node.path("shape").get(axis).asLong();
      }
      Shape shape = new Shape(axes);
      long from = node.path("data_offsets").path(0).asLong();
      long to = node.path("data_offsets").path(1).asLong();
      // What the header says may be anything: no sum or product of it may overflow.
      if (from < 0 || to < from || to > channel.size() - start || to - from != sizeBytes(axes)) {
        throw new CheckpointException(
            "%s is damaged: tensor %s of shape %s would lie at bytes %d to %d of %d"
                .formatted(path, name, shape, start + from, start + to, channel.size()));
      }
      if (to - from > MAX_TENSOR_SIZE_BYTES) {
        throw new CheckpointException(
            "%s: tensor %s has %d bytes; at most %d can be read"
                .formatted(path, name, to - from, MAX_TENSOR_SIZE_BYTES));
      }
      ByteBuffer values = ByteBuffer.allocate((int) (to - from)).order(ByteOrder.LITTLE_ENDIAN);
      channel.position(start + from);
      readFully(channel, values, path);
      tensors.put(name, new TensorData(shape, values.flip().asFloatBuffer()));
    }
    return new SafetensorsFile(metadata, tensors);
  }

  /** Bytes of a float32 tensor, or -1 where no file could hold it. */
  private static long sizeBytes(long[] axes) {
    long size = Float.BYTES;
    for (long axis : axes) {
      if (axis < 0 || Math.multiplyHigh(size, axis) != 0 || size * axis < 0) {
        return -1;
      }
      size *= axis;
    }
    return size;
  }

  private static void readFully(FileChannel channel, ByteBuffer buffer, Path path)
      throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new CheckpointException(
            "%s is cut off: it ends at byte %d".formatted(path, channel.size()));
      }
    }
  }
}
