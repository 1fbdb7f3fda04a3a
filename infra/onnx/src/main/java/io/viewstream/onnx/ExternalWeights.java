package io.viewstream.onnx;

import java.util.Set;
import java.util.TreeSet;

/**
 * The files beside an ONNX graph that hold its weights (onnx.proto: TensorProto.external_data, the
 * entry {@code location}), wherever in a model a tensor may stand.
 */
public final class ExternalWeights {

  private static final String LOCATION = "location";
  private static final int ENTRY_KEY = 1;
  private static final int ENTRY_VALUE = 2;

  /** As deep as protobuf's own readers go: what is nested deeper no engine loads. */
  private static final int MAX_DEPTH = 100;

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

  private final Set<String> locations = new TreeSet<>();

  private ExternalWeights() {}

  /**
   * Where a model says that its weights are.
   *
   * @param model at its first field
   * @return as they stand there, in order
   * @throws IllegalArgumentException the bytes are no protobuf message
   */
  public static Set<String> locations(ProtobufReader model) {
    ExternalWeights weights = new ExternalWeights();
    weights.visit(model, Message.MODEL, 0);
    return weights.locations;
  }

  private void visit(ProtobufReader message, Message kind, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("messages are nested deeper than " + MAX_DEPTH);
    }
    String key = "";
    String value = "";
    while (message.next()) {
      if (kind == Message.ENTRY) {
        key = message.field() == ENTRY_KEY ? message.text() : key;
        value = message.field() == ENTRY_VALUE ? message.text() : value;
      } else if (kind.in(message.field()) != Message.OTHER) {
        visit(message.message(), kind.in(message.field()), depth + 1);
      }
    }
    if (key.equals(LOCATION)) {
      locations.add(value);
    }
  }
}
