package io.viewstream.tensorrt.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.TreeSet;

/**
 * The files that an ONNX model consists of: large models keep their weights in files beside it
 * (onnx.proto: TensorProto.external_data with the key location). A plan depends on all of them.
 */
final class ModelFiles {

  private static final int MODEL_GRAPH = 7;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int ATTRIBUTE_TENSOR = 5;
  private static final int ATTRIBUTE_GRAPH = 6;
  private static final int TENSOR_EXTERNAL_DATA = 13;
  private static final int ENTRY_KEY = 1;
  private static final int ENTRY_VALUE = 2;

  private static final int WIRE_VARINT = 0;
  private static final int WIRE_FIXED64 = 1;
  private static final int WIRE_LENGTH = 2;
  private static final int WIRE_FIXED32 = 5;

  private final TreeSet<String> locations = new TreeSet<>();

  private ModelFiles() {}

  /** SHA-256 over the ONNX file, and over names and contents of the files that hold its weights. */
  static String sha256(Path onnx) throws IOException {
    ModelFiles files = new ModelFiles();
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(onnx, StandardOpenOption.READ)) {
      MemorySegment model = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      files.visit(model, Kind.MODEL);
    } catch (IndexOutOfBoundsException e) {
      throw new IOException(onnx + " is not an ONNX file, or ends too early", e);
    }
    String sha256 = Sha256.of(onnx, 0);
    if (files.locations.isEmpty()) {
      return sha256;
    }
    StringBuilder all = new StringBuilder(sha256);
    for (String location : files.locations) {
      Path weights = onnx.resolveSibling(location);
      all.append('\n').append(location).append('\n').append(Sha256.of(weights, 0));
    }
    return Sha256.of(all.toString().getBytes(StandardCharsets.UTF_8));
  }

  private enum Kind {
    MODEL,
    GRAPH,
    NODE,
    ATTRIBUTE,
    TENSOR,
    ENTRY,
    OTHER;

    /** What the message in this field is. */
    Kind field(int number) {
      return switch (this) {
        case MODEL -> number == MODEL_GRAPH ? GRAPH : OTHER;
        case GRAPH -> number == GRAPH_NODE ? NODE : number == GRAPH_INITIALIZER ? TENSOR : OTHER;
        case NODE -> number == NODE_ATTRIBUTE ? ATTRIBUTE : OTHER;
        case ATTRIBUTE ->
            number == ATTRIBUTE_TENSOR ? TENSOR : number == ATTRIBUTE_GRAPH ? GRAPH : OTHER;
        case TENSOR -> number == TENSOR_EXTERNAL_DATA ? ENTRY : OTHER;
        case ENTRY, OTHER -> OTHER;
      };
    }
  }

  /** Walks the fields of one message. */
  private void visit(MemorySegment message, Kind kind) throws IOException {
    String key = "";
    String value = "";
    long position = 0;
    while (position < message.byteSize()) {
      long tag = varint(message, position);
      position += varintBytes(tag);
      int number = (int) (tag >>> 3);
      switch ((int) (tag & 7)) {
        case WIRE_VARINT -> {
          while (message.get(ValueLayout.JAVA_BYTE, position++) < 0) {}
        }
        case WIRE_FIXED64 -> position += Long.BYTES;
        case WIRE_FIXED32 -> position += Integer.BYTES;
        case WIRE_LENGTH -> {
          long length = varint(message, position);
          MemorySegment content = message.asSlice(position + varintBytes(length), length);
          position += varintBytes(length) + length;
          if (kind == Kind.ENTRY) {
            String text = text(content);
            key = number == ENTRY_KEY ? text : key;
            value = number == ENTRY_VALUE ? text : value;
          } else if (kind.field(number) != Kind.OTHER) {
            visit(content, kind.field(number));
          }
        }
        default -> throw new IndexOutOfBoundsException("wire type of field " + number);
      }
    }
    if (key.equals("location")) {
      locations.add(value);
    }
  }

  private static String text(MemorySegment content) {
    return new String(content.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  private static long varint(MemorySegment message, long start) {
    long value = 0;
    for (int i = 0; i < 9; i++) {
      byte next = message.get(ValueLayout.JAVA_BYTE, start + i);
      value |= (next & 0x7fL) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw new IndexOutOfBoundsException("number at " + start);
  }

  private static int varintBytes(long value) {
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
  }
}
