package io.viewstream.tensorrt.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.TreeSet;

/**
 * The files that an ONNX model consists of: large models keep their weights in files beside it
 * (onnx.proto: TensorProto.external_data with the key location). A plan depends on all of them.
 */
final class ModelFiles {

  private static final int ENTRY_KEY = 1;
  private static final int ENTRY_VALUE = 2;

  private static final int WIRE_VARINT = 0;
  private static final int WIRE_FIXED64 = 1;
  private static final int WIRE_LENGTH = 2;
  private static final int WIRE_FIXED32 = 5;

  /** As deep as protobuf's own readers go. */
  private static final int MAX_DEPTH = 100;

  private final TreeSet<String> locations = new TreeSet<>();

  private ModelFiles() {}

  /**
   * SHA-256 over the ONNX file, and over names and contents of the files that hold its weights.
   *
   * @throws IOException with one line: a file cannot be read, is missing, or lies elsewhere than
   *     below the ONNX file's folder
   */
  static String sha256(Path onnx) throws IOException {
    ModelFiles files = new ModelFiles();
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(onnx, StandardOpenOption.READ)) {
      MemorySegment model = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      files.visit(new Fields(model), Message.MODEL, 0);
    } catch (IndexOutOfBoundsException e) {
      throw new IOException(onnx + " is not an ONNX file, or ends too early", e);
    }
    String sha256 = Sha256.of(onnx, 0);
    if (files.locations.isEmpty()) {
      return sha256;
    }
    StringBuilder all = new StringBuilder(sha256);
    for (String location : files.locations) {
      Path weights = weights(onnx, location);
      all.append('\n').append(location).append('\n').append(Sha256.of(weights, 0));
    }
    return Sha256.of(all.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static Path weights(Path onnx, String location) throws IOException {
    String name = location.replaceAll("\\p{Cntrl}", "?");
    try {
      Path relative = Path.of(location);
      boolean below = !location.isBlank() && !relative.isAbsolute();
      for (Path step : relative) {
        below &= !step.toString().equals("..");
      }
      if (below) {
        Path weights = onnx.resolveSibling(relative);
        if (!Files.isRegularFile(weights)) {
          throw new NoSuchFileException(onnx.resolveSibling(name).toString());
        }
        return weights;
      }
    } catch (InvalidPathException e) {
      // No file can have that name.
    }
    throw new IOException(
        "%s keeps weights in \"%s\", must keep them below its own folder".formatted(onnx, name));
  }

  /** The messages on the ways to a tensor, and in which of their fields the ways go on. */
  private enum Message {
    MODEL,
    TRAINING,
    FUNCTION,
    GRAPH,
    NODE,
    ATTRIBUTE,
    SPARSE_TENSOR,
    TENSOR,
    ENTRY,
    OTHER;

    Message in(int field) {
      return switch (this) {
        case MODEL ->
            switch (field) {
              case 7 -> GRAPH;
              case 20 -> TRAINING;
              case 25 -> FUNCTION;
              default -> OTHER;
            };
        case TRAINING -> field == 1 || field == 2 ? GRAPH : OTHER;
        case FUNCTION ->
            switch (field) {
              case 7 -> NODE;
              case 11 -> ATTRIBUTE;
              default -> OTHER;
            };
        case GRAPH ->
            switch (field) {
              case 1 -> NODE;
              case 5 -> TENSOR;
              case 15 -> SPARSE_TENSOR;
              default -> OTHER;
            };
        case NODE -> field == 5 ? ATTRIBUTE : OTHER;
        case ATTRIBUTE ->
            switch (field) {
              case 5, 10 -> TENSOR;
              case 6, 11 -> GRAPH;
              case 22, 23 -> SPARSE_TENSOR;
              default -> OTHER;
            };
        case SPARSE_TENSOR -> field == 1 || field == 2 ? TENSOR : OTHER;
        case TENSOR -> field == 13 ? ENTRY : OTHER;
        case ENTRY, OTHER -> OTHER;
      };
    }
  }

  private void visit(Fields message, Message kind, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IndexOutOfBoundsException("messages are nested deeper than " + MAX_DEPTH);
    }
    String key = "";
    String value = "";
    while (message.next()) {
      if (kind == Message.ENTRY) {
        key = message.number == ENTRY_KEY ? message.text() : key;
        value = message.number == ENTRY_VALUE ? message.text() : value;
      } else if (kind.in(message.number) != Message.OTHER) {
        visit(new Fields(message.content), kind.in(message.number), depth + 1);
      }
    }
    if (key.equals("location")) {
      locations.add(value);
    }
  }

  /** The fields of one message, in order. */
  private static final class Fields {

    private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);
    private static final int MAX_VARINT_BYTES = 10;

    private final MemorySegment message;
    // Where the next field begins, and the field at hand.
    private long position;
    private int number;
    private MemorySegment content = NOTHING;

    Fields(MemorySegment message) {
      this.message = message;
    }

    boolean next() {
      if (position >= message.byteSize()) {
        return false;
      }
      long tag = varint();
      number = (int) (tag >>> 3);
      content = NOTHING;
      switch ((int) (tag & 7)) {
        case WIRE_VARINT -> varint();
        case WIRE_FIXED64 -> position += Long.BYTES;
        case WIRE_FIXED32 -> position += Integer.BYTES;
        case WIRE_LENGTH -> {
          long length = varint();
          content = message.asSlice(position, length);
          position += length;
        }
        default -> throw new IndexOutOfBoundsException("wire type of field " + number);
      }
      return true;
    }

    String text() {
      return new String(content.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private long varint() {
      long value = 0;
      for (int i = 0; i < MAX_VARINT_BYTES; i++) {
        byte next = message.get(ValueLayout.JAVA_BYTE, position++);
        value |= (next & 0x7fL) << (7 * i);
        if (next >= 0) {
          return value;
        }
      }
      throw new IndexOutOfBoundsException("number before " + position);
    }
  }
}
