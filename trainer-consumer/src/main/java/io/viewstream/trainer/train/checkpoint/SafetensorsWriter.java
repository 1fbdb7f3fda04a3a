package io.viewstream.trainer.train.checkpoint;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Writes tensors of several types as one file in the safetensors format: eight bytes with the
 * header's length (little-endian), the header as JSON (for every tensor type, shape and place; text
 * under {@code __metadata__}), and the values in order, little-endian, without gaps. Values are
 * fetched when their turn comes, so a tensor may be larger than the memory. Used by one thread.
 *
 * @see <a href="https://github.com/huggingface/safetensors">The format</a>
 */
public final class SafetensorsWriter {

  /** Key of the header under which the texts lie. */
  static final String METADATA = "__metadata__";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CHUNK_SIZE_BYTES = 1 << 20;

  private final Map<String, String> metadata;
  private final SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();

  /** Types of elements by the format's names. */
  private enum ElementType {
    F32(Float.BYTES),
    I64(Long.BYTES),
    U8(1);

    private final int sizeBytes;

    ElementType(int sizeBytes) {
      this.sizeBytes = sizeBytes;
    }
  }

  private record Tensor(ElementType type, Shape shape, Values values) {
    long sizeBytes() {
      return shape.size() * type.sizeBytes;
    }
  }

  /** Writes the values of one tensor to where the channel stands. */
  @FunctionalInterface
  private interface Values {
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * A file without tensors yet.
   *
   * @param metadata text by key
   */
  public SafetensorsWriter(Map<String, String> metadata) {
    this.metadata = new LinkedHashMap<>(metadata);
  }

  /** Adds a float32 tensor. */
  public SafetensorsWriter add(String name, TensorData tensor) {
    return add(
        name,
        new Tensor(
            ElementType.F32, tensor.shape(), channel -> writeFloats(channel, tensor.values())));
  }

  /**
   * Adds a float32 tensor whose values lie in a file.
   *
   * @param raw the values alone, little-endian, as many as the shape says when the file is written
   */
  public SafetensorsWriter addFloats(String name, Shape shape, Path raw) {
    return add(name, new Tensor(ElementType.F32, shape, channel -> copy(raw, channel)));
  }

  /**
   * Adds a tensor of 64-bit integers.
   *
   * @param values row-major, as many as the shape says; not to be modified
   */
  public SafetensorsWriter addIntegers(String name, Shape shape, long[] values) {
    return add(name, new Tensor(ElementType.I64, shape, channel -> writeIntegers(channel, values)));
  }

  /**
   * Adds a row of bytes.
   *
   * @param values not to be modified
   */
  public SafetensorsWriter addBytes(String name, byte[] values) {
    return add(
        name,
        new Tensor(
            ElementType.U8,
            new Shape(values.length),
            channel -> writeFully(channel, ByteBuffer.wrap(values))));
  }

  private SafetensorsWriter add(String name, Tensor tensor) {
    if (name.equals(METADATA) || tensors.putIfAbsent(name, tensor) != null) {
      throw new IllegalArgumentException("There is a tensor " + name + " already");
    }
    return this;
  }

  /**
   * Writes the file and forces it to the disk.
   *
   * @param path to be created or replaced
   * @throws IOException if that fails; then an incomplete file may be left
   */
  public void write(Path path) throws IOException {
    byte[] header = header();
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      writeFully(channel, length.putLong(header.length).flip());
      writeFully(channel, ByteBuffer.wrap(header));
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        long start = channel.position();
        entry.getValue().values().writeTo(channel);
        long written = channel.position() - start;
        if (written != entry.getValue().sizeBytes()) {
          throw new IOException(
              "Tensor %s of shape %s has %d bytes, but %d were given"
                  .formatted(
                      entry.getKey(),
                      entry.getValue().shape(),
                      entry.getValue().sizeBytes(),
                      written));
        }
      }
      channel.force(true);
    }
  }

  private byte[] header() {
    ObjectNode header = JSON.createObjectNode();
    ObjectNode texts = header.putObject(METADATA);
    metadata.forEach(texts::put);
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      ObjectNode node = header.putObject(entry.getKey()).put("dtype", tensor.type().name());
      ArrayNode shape = node.putArray("shape");
      for (long axis : tensor.shape().getShape()) {
        shape.add(axis);
      }
      long end = offset + tensor.sizeBytes();
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    String text = header.toString();
    // The values begin at a multiple of eight, so that readers can map them; blanks at the end are
    // part of the format.
    int blanks = (8 - text.getBytes(StandardCharsets.UTF_8).length % 8) % 8;
    return (text + " ".repeat(blanks)).getBytes(StandardCharsets.UTF_8);
  }

  private static void writeFloats(FileChannel channel, FloatBuffer values) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int count = values.remaining();
    for (int from = 0; from < count; from += CHUNK_SIZE_BYTES / Float.BYTES) {
      int part = Math.min(CHUNK_SIZE_BYTES / Float.BYTES, count - from);
      chunk.clear();
      chunk.asFloatBuffer().put(values.slice(from, part));
      writeFully(channel, chunk.limit(part * Float.BYTES));
    }
  }

  private static void writeIntegers(FileChannel channel, long[] values) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    writeFully(channel, bytes);
  }

  private static void copy(Path raw, FileChannel channel) throws IOException {
    try (FileChannel source = FileChannel.open(raw, StandardOpenOption.READ)) {
      long size = source.size();
      for (long done = 0; done < size; ) {
        done += source.transferTo(done, size - done, channel);
      }
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
