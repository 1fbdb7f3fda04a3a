package io.viewstream.generators.internal.model;

import io.viewstream.generators.InvalidPackageException;
import io.viewstream.imaging.source.FileFault;
import io.viewstream.onnx.ExternalWeights;
import io.viewstream.onnx.ProtobufReader;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Inputs and outputs of an ONNX file, read from its graph (onnx.proto: ModelProto.graph, its input,
 * output and initializer). Reading them here and not from an engine makes the same check for every
 * engine, before a model is loaded.
 *
 * @param file the ONNX file
 * @param inputs those that a caller must give
 * @param outputs what the network gives
 */
public record OnnxSignature(
    Path file, List<TensorSignature> inputs, List<TensorSignature> outputs) {

  private static final int MODEL_GRAPH = 7;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int GRAPH_INPUT = 11;
  private static final int GRAPH_OUTPUT = 12;
  private static final int INITIALIZER_NAME = 8;
  private static final int VALUE_NAME = 1;
  private static final int VALUE_TYPE = 2;
  private static final int TYPE_TENSOR = 1;
  private static final int TENSOR_ELEMENT_TYPE = 1;
  private static final int TENSOR_SHAPE = 2;
  private static final int SHAPE_DIMENSION = 1;
  private static final int DIMENSION_SIZE = 1;

  public OnnxSignature {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * Reads the network of a package.
   *
   * @param role of the component that it is
   * @throws InvalidPackageException the file is no ONNX file, or keeps weights in files that the
   *     package does not check
   */
  public static OnnxSignature read(ModelPackage modelPackage, String role) {
    Path file = modelPackage.component(role);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MappedByteBuffer content = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      for (String location : ExternalWeights.locations(new ProtobufReader(content))) {
        modelPackage.requireWeights(file, location);
      }
      ProtobufReader model = new ProtobufReader(content);
      while (model.next()) {
        if (model.field() == MODEL_GRAPH) {
          return readGraph(file, model.message());
        }
      }
      throw new InvalidPackageException(file + " is not an ONNX file: it has no graph");
    } catch (IllegalArgumentException e) {
      throw new InvalidPackageException(
          file
              + " is not an ONNX file (or is one above 2 GiB, which must keep its weights in"
              + " files of their own): "
              + e.getMessage(),
          e);
    } catch (IOException e) {
      throw new InvalidPackageException(file + " cannot be read: " + FileFault.of(e), e);
    }
  }

  private static OnnxSignature readGraph(Path file, ProtobufReader graph) {
    List<TensorSignature> inputs = new ArrayList<>();
    List<TensorSignature> outputs = new ArrayList<>();
    Set<String> initialized = new HashSet<>();
    while (graph.next()) {
      switch (graph.field()) {
        case GRAPH_INITIALIZER -> initialized.add(readInitializerName(graph.message()));
        case GRAPH_INPUT -> inputs.add(readTensor(graph.message()));
        case GRAPH_OUTPUT -> outputs.add(readTensor(graph.message()));
        default -> {}
      }
    }
    // Old exporters list the weights as inputs with a default.
    inputs.removeIf(input -> initialized.contains(input.name()));
    return new OnnxSignature(file, inputs, outputs);
  }

  private static String readInitializerName(ProtobufReader initializer) {
    String name = "";
    while (initializer.next()) {
      if (initializer.field() == INITIALIZER_NAME) {
        name = initializer.text();
      }
    }
    return name;
  }

  private static TensorSignature readTensor(ProtobufReader value) {
    String name = "";
    String elementType = "of a type that is no tensor";
    List<Long> dimensions = List.of();
    while (value.next()) {
      if (value.field() == VALUE_NAME) {
        name = value.text();
      } else if (value.field() == VALUE_TYPE) {
        ProtobufReader type = value.message();
        while (type.next()) {
          if (type.field() == TYPE_TENSOR) {
            ProtobufReader tensor = type.message();
            while (tensor.next()) {
              if (tensor.field() == TENSOR_ELEMENT_TYPE) {
                elementType = elementType(tensor.number());
              } else if (tensor.field() == TENSOR_SHAPE) {
                dimensions = readShape(tensor.message());
              }
            }
          }
        }
      }
    }
    return new TensorSignature(name, elementType, dimensions);
  }

  private static List<Long> readShape(ProtobufReader shape) {
    List<Long> dimensions = new ArrayList<>();
    while (shape.next()) {
      if (shape.field() == SHAPE_DIMENSION) {
        long size = TensorSignature.FREE;
        ProtobufReader dimension = shape.message();
        while (dimension.next()) {
          if (dimension.field() == DIMENSION_SIZE) {
            size = dimension.number();
          }
        }
        dimensions.add(size);
      }
    }
    return dimensions;
  }

  /** TensorProto.DataType of onnx.proto. */
  private static String elementType(long code) {
    return switch ((int) code) {
      case 1 -> TensorSignature.FLOAT_32;
      case 2 -> "uint8";
      case 3 -> "int8";
      case 6 -> "int32";
      case 7 -> TensorSignature.INT_64;
      case 9 -> "bool";
      case 10 -> "float16";
      case 11 -> "float64";
      case 16 -> "bfloat16";
      default -> "type " + code;
    };
  }

  /**
   * Checks one input.
   *
   * @param name it must have
   * @param dimensions its sizes; {@link TensorSignature#FREE} where this caller accepts any
   * @param meaning of the dimensions, for the message
   * @throws InvalidPackageException it is missing, or of another type, rank or size
   */
  public void requireInput(String name, List<Long> dimensions, String meaning) {
    require("input", inputs, name, dimensions, meaning);
  }

  /** Checks one output as {@link #requireInput} does an input. */
  public void requireOutput(String name, List<Long> dimensions, String meaning) {
    require("output", outputs, name, dimensions, meaning);
  }

  /**
   * Refuses inputs that nobody will give.
   *
   * @throws InvalidPackageException there is another input than these
   */
  public void requireNoOtherInputsThan(List<String> names) {
    for (TensorSignature input : inputs) {
      if (!names.contains(input.name())) {
        throw new InvalidPackageException(
            "%s asks for the input %s, which this kind of generator does not have; it has %s"
                .formatted(file, input.name(), String.join(", ", names)));
      }
    }
  }

  /**
   * Checks an input that is one number, for the whole batch or for each row: a float32 or an int64
   * of the shape [], [1] or [batch].
   *
   * @return what it is
   * @throws InvalidPackageException it is missing, or of another type or rank
   */
  public TensorSignature requireNumber(String name) {
    TensorSignature tensor = find("input", inputs, name);
    if (!List.of(TensorSignature.FLOAT_32, TensorSignature.INT_64).contains(tensor.elementType())) {
      throw new InvalidPackageException(
          "%s: input %s is %s, must be float32 or int64"
              .formatted(file, name, tensor.elementType()));
    }
    if (tensor.rank() > 1 || (tensor.rank() == 1 && tensor.dimensions().getFirst() > 1)) {
      throw new InvalidPackageException(
          "%s: input %s has the dimensions %s, must be one number: [], [1] or [batch]"
              .formatted(file, name, tensor.dimensions()));
    }
    return tensor;
  }

  private TensorSignature find(String role, List<TensorSignature> tensors, String name) {
    return tensors.stream()
        .filter(candidate -> candidate.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidPackageException(
                    "%s has no %s %s; it has %s"
                        .formatted(
                            file,
                            role,
                            name,
                            String.join(
                                ", ", tensors.stream().map(TensorSignature::name).toList()))));
  }

  private void require(
      String role,
      List<TensorSignature> tensors,
      String name,
      List<Long> dimensions,
      String meaning) {
    TensorSignature tensor = find(role, tensors, name);
    if (!tensor.elementType().equals(TensorSignature.FLOAT_32)) {
      throw new InvalidPackageException(
          "%s: %s %s is %s, must be float32; export the network with float32 inputs and outputs"
              .formatted(file, role, name, tensor.elementType()));
    }
    if (tensor.rank() != dimensions.size()) {
      throw new InvalidPackageException(
          "%s: %s %s has rank %d, must have rank %d: %s"
              .formatted(file, role, name, tensor.rank(), dimensions.size(), meaning));
    }
    for (int i = 0; i < dimensions.size(); i++) {
      long size = tensor.dimensions().get(i);
      long required = dimensions.get(i);
      if (i == 0 && size != TensorSignature.FREE) {
        throw new InvalidPackageException(
            "%s: %s %s has a fixed batch of %d; export the network with a free batch"
                .formatted(file, role, name, size));
      }
      if (size != TensorSignature.FREE && required != TensorSignature.FREE && size != required) {
        throw new InvalidPackageException(
            "%s: %s %s has %d for dimension %d, must have %d: %s"
                .formatted(file, role, name, size, i, required, meaning));
      }
    }
  }
}
