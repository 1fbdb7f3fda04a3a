package io.viewstream.generators.internal.model;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.viewstream.generators.DeviceFailedException;
import io.viewstream.generators.GenerationFailedException;
import io.viewstream.generators.InvalidPackageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One network in one engine: plain arrays in, one plain array out. Every array of the engine lives
 * and dies inside one call. One thread at a time may call it.
 */
final class Network implements AutoCloseable {

  static final String ONNX_RUNTIME = "OnnxRuntime";
  private static final String PYTORCH = "PyTorch";
  static final String TENSOR_RT = "TensorRT";

  /**
   * One input.
   *
   * @param name of the tensor
   * @param numbers in row-major order
   * @param shape of the tensor
   * @param whole whether the network takes them as int64
   */
  @SuppressWarnings("ArrayRecordComponent") // handed to the engine, never compared
  record Input(String name, float[] numbers, Shape shape, boolean whole) {

    /** An input of float32. */
    Input(String name, float[] numbers, Shape shape) {
      this(name, numbers, shape, false);
    }

    private NDArray create(NDManager manager) {
      if (!whole) {
        return manager.create(numbers, shape);
      }
      long[] wholeNumbers = new long[numbers.length];
      for (int i = 0; i < numbers.length; i++) {
        wholeNumbers[i] = (long) numbers[i];
      }
      return manager.create(wholeNumbers, shape);
    }
  }

  private final Path file;
  private final Model model;
  private final Predictor<NDList, NDList> predictor;
  private final String output;

  private Network(Path file, Model model, String output) {
    this.file = file;
    this.model = model;
    this.predictor = model.newPredictor(new NoopTranslator());
    this.output = output;
  }

  /**
   * Loads a network.
   *
   * @param modelPackage that it belongs to
   * @param role of the component that it is, an ONNX file; the engine PyTorch takes the TorchScript
   *     file beside it, which has the same name and ends in .pt
   * @param output the name of its one output
   * @param engine as DJL names it
   * @param largestBatch that it will be called with, which TensorRT prepares for
   */
  static Network open(
      ModelPackage modelPackage, String role, String output, String engine, int largestBatch) {
    if (!Engine.hasEngine(engine)) {
      throw new InvalidPackageException(
          "Engine %s is not on the class path; available are %s"
              .formatted(engine, String.join(", ", engines())));
    }
    Path onnx = modelPackage.component(role);
    Path file = engine.equals(PYTORCH) ? torchScript(modelPackage, onnx) : onnx;
    Model model = newModel(role, engine);
    try {
      // The file itself: in a folder an engine looks for files of several names.
      load(model, file.toAbsolutePath(), engine, largestBatch);
      return new Network(file, model, output);
    } catch (IOException | MalformedModelException | OrtException | RuntimeException e) {
      model.close();
      throw new InvalidPackageException(
          "%s cannot be loaded by engine %s: %s".formatted(file, engine, reason(e)), e);
    }
  }

  private static Model newModel(String name, String engine) {
    try {
      return Model.newInstance(name, engine);
    } catch (EngineException e) {
      throw new InvalidPackageException("Engine %s: %s".formatted(engine, reason(e)), e);
    }
  }

  /** Without DJL's client of remote engines, which is always there and is none. */
  private static List<String> engines() {
    return Engine.getAllEngines().stream().filter(name -> !name.equals("RPC")).sorted().toList();
  }

  private static Path torchScript(ModelPackage modelPackage, Path onnx) {
    String name = onnx.getFileName().toString().replaceFirst("(\\.onnx)?$", ".pt");
    Path file = onnx.resolveSibling(name);
    if (!Files.isRegularFile(file)) {
      throw new InvalidPackageException(
          "%s is missing: engine PyTorch runs TorchScript, not ONNX; add it or choose %s"
              .formatted(file, ONNX_RUNTIME));
    }
    modelPackage.requireListed(file, "engine PyTorch runs it");
    return file;
  }

  private static void load(Model model, Path file, String engine, int largestBatch)
      throws IOException, MalformedModelException, OrtException {
    switch (engine) {
      case TENSOR_RT -> model.load(file, null, Map.of("maxBatch", largestBatch));
      case ONNX_RUNTIME -> {
        // A session keeps its own copy of them.
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
          // Threads that spin between calls would take the cores from Kafka and from decoding.
          options.addConfigEntry("session.intra_op.allow_spinning", "0");
          // Left to itself it counts the machine's cores, whatever a container allows, and ties
          // each thread to one of them, where it waits for whatever else runs there.
          options.setIntraOpNumThreads(Runtime.getRuntime().availableProcessors());
          model.load(file, null, Map.of("sessionOptions", options));
        }
      }
      default -> model.load(file, null, Map.of());
    }
  }

  /** Runs the network and returns its output in row-major order. */
  float[] run(List<Input> inputs) {
    try (NDManager manager = model.getNDManager().newSubManager()) {
      NDList arrays = new NDList(inputs.size());
      for (Input input : inputs) {
        NDArray array = input.create(manager);
        array.setName(input.name());
        arrays.add(array);
      }
      try (NDList outputs = predictor.predict(arrays)) {
        return output(outputs).toFloatArray();
      }
    } catch (TranslateException | EngineException e) {
      if (isDeviceFault(e)) {
        throw new DeviceFailedException("%s: %s".formatted(file, reason(e)), e);
      }
      throw new GenerationFailedException("%s: %s".formatted(file, reason(e)), e);
    }
  }

  private NDArray output(NDList outputs) {
    for (NDArray candidate : outputs) {
      if (output.equals(candidate.getName())) {
        return candidate;
      }
    }
    // TorchScript's outputs have no names.
    return outputs.head();
  }

  /** Engines tell a lost or full device from a bad call in words only. */
  private static boolean isDeviceFault(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (message.contains("out of memory")
          || message.contains("bad_alloc")
          || message.contains("failed to allocate")
          || message.contains("cuda")) {
        return true;
      }
    }
    return false;
  }

  /** The innermost message, which is the engine's own, on one line. */
  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).strip().replaceAll("\\s+", " ");
  }

  @Override
  public void close() {
    predictor.close();
    model.close();
  }
}
