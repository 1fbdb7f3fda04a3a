package io.viewstream.tensorrt.internal;

import static io.viewstream.tensorrt.internal.NativeObjects.require;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.Shape;
import io.viewstream.tensorrt.internal.PlanBuilder.Built;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import java.util.function.Consumer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.global.nvinfer.BuilderFlag;
import org.bytedeco.tensorrt.global.nvinfer.MemoryPoolType;
import org.bytedeco.tensorrt.global.nvinfer.OptProfileSelector;
import org.bytedeco.tensorrt.global.nvonnxparser;
import org.bytedeco.tensorrt.nvinfer.IBuilder;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.IHostMemory;
import org.bytedeco.tensorrt.nvinfer.ILogger;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvinfer.IOptimizationProfile;
import org.bytedeco.tensorrt.nvinfer.ITensor;
import org.bytedeco.tensorrt.nvinfer.ITimingCache;
import org.bytedeco.tensorrt.nvonnxparser.IParser;
import org.bytedeco.tensorrt.nvonnxparser.IParserError;

/**
 * Makes a plan of an ONNX file with TensorRT's builder. Runs in the builder's process, which ends
 * after it: nothing is freed here.
 *
 * <p>The network is strongly typed: float16 is where the ONNX file has it and nowhere else.
 */
final class OnnxPlanWriter {

  private static final int CHUNK_BYTES = 1 << 26;

  private OnnxPlanWriter() {}

  static Built write(NativeTensorRt tensorRt, PlanRequest request, Consumer<String> progress)
      throws IOException {
    tensorRt.requireBuilder();
    tensorRt.libraries().load(NvidiaLibraries.PARSER);
    Loader.load(nvonnxparser.class);
    tensorRt.driver().makeCurrent(tensorRt.driver().retainContext(request.gpu()));

    progress.accept("reading " + request.onnx());
    IBuilder builder =
        require(nvinfer.createInferBuilder(EngineLogger.INSTANCE), "createInferBuilder");
    INetworkDefinition network =
        require(builder.createNetworkV2(stronglyTyped(tensorRt)), "createNetworkV2");
    IParser parser =
        require(nvonnxparser.createParser(network, EngineLogger.INSTANCE), "createParser");
    parse(parser, request.onnx());

    IBuilderConfig configuration = require(builder.createBuilderConfig(), "createBuilderConfig");
    configuration.setMemoryPoolLimit(MemoryPoolType.kWORKSPACE, request.workspaceBytes());
    if (request.tf32()) {
      configuration.setFlag(BuilderFlag.kTF32);
    } else {
      configuration.clearFlag(BuilderFlag.kTF32);
    }
    addProfile(builder, network, configuration, request);
    ITimingCache timingCache = timingCache(configuration, request.timingCache(), progress);

    progress.accept("choosing kernels for " + request.profile());
    IHostMemory plan =
        require(builder.buildSerializedNetwork(network, configuration), "buildSerializedNetwork");
    progress.accept("writing " + plan.size() + " bytes");
    Built built = write(request.target(), plan);
    try {
      IHostMemory times = require(timingCache.serialize(), "serialize");
      writeTimes(request.timingCache(), segment(times).asByteBuffer());
    } catch (IOException | RuntimeException e) {
      // The plan is whole. Without the times the next build takes longer.
      progress.accept("%s was not written: %s".formatted(request.timingCache(), e));
    }
    return built;
  }

  /** A flag of TensorRT 10; from 11 on nothing else is left, and the flag is not known any more. */
  private static int stronglyTyped(NativeTensorRt tensorRt) {
    return tensorRt.libraries().bindings().major() >= 11
        ? 0
        : 1 << nvinfer.NetworkDefinitionCreationFlag.kSTRONGLY_TYPED.value;
  }

  private static void parse(IParser parser, Path onnx) {
    if (parser.parseFromFile(onnx.toString(), ILogger.Severity.kWARNING.value)) {
      return;
    }
    StringBuilder reasons = new StringBuilder();
    for (int i = 0; i < parser.getNbErrors(); i++) {
      IParserError error = parser.getError(i);
      reasons
          .append(i == 0 ? "" : "; ")
          .append("node %s (%s): ".formatted(error.nodeName(), error.nodeOperator()))
          .append(error.desc());
    }
    throw new EngineException("TensorRT does not understand the ONNX file: " + reasons);
  }

  private static void addProfile(
      IBuilder builder,
      INetworkDefinition network,
      IBuilderConfig configuration,
      PlanRequest request) {
    IOptimizationProfile profile =
        require(builder.createOptimizationProfile(), "createOptimizationProfile");
    boolean free = false;
    for (int i = 0; i < network.getNbInputs(); i++) {
      ITensor input = network.getInput(i);
      Shape shape = NativeObjects.shape(input.getDimensions());
      if (Arrays.stream(shape.getShape()).anyMatch(size -> size < 0)) {
        free = true;
        setShapes(profile, input.getName(), shapes(request.profile(), input.getName(), shape));
      }
    }
    if (free) {
      require(profile.isValid(), "the profile " + request.profile());
      require(configuration.addOptimizationProfile(profile) >= 0, "addOptimizationProfile");
    }
  }

  private static void setShapes(
      IOptimizationProfile profile, String input, BatchProfile.Shapes shapes) {
    set(profile, input, OptProfileSelector.kMIN, shapes.minimum());
    set(profile, input, OptProfileSelector.kOPT, shapes.optimum());
    set(profile, input, OptProfileSelector.kMAX, shapes.maximum());
  }

  private static void set(
      IOptimizationProfile profile, String input, OptProfileSelector selector, Shape shape) {
    require(
        profile.setDimensions(input, selector, NativeObjects.dimensions(shape)),
        "the shape %s of input %s".formatted(shape, input));
  }

  /** The named shapes, or those of the batch. */
  static BatchProfile.Shapes shapes(BatchProfile profile, String input, Shape shape) {
    BatchProfile.Shapes named = profile.shapes().get(input);
    if (named != null) {
      return named;
    }
    for (int i = 1; i < shape.dimension(); i++) {
      if (shape.get(i) < 0) {
        throw new EngineException(
            "input %s has the shape %s, of which only the first dimension may be free; give its shapes with the option %s%s"
                .formatted(input, shape, BatchProfile.SHAPES, input));
      }
    }
    return new BatchProfile.Shapes(
        withBatch(shape, profile.minimum()),
        withBatch(shape, profile.optimum()),
        withBatch(shape, profile.maximum()));
  }

  private static Shape withBatch(Shape shape, int batch) {
    long[] sizes = shape.getShape().clone();
    sizes[0] = batch;
    return new Shape(sizes);
  }

  private static ITimingCache timingCache(
      IBuilderConfig configuration, Path file, Consumer<String> progress) {
    byte[] old = readTimes(file, progress);
    ITimingCache cache = configuration.createTimingCache(new BytePointer(old), old.length);
    if (cache == null || cache.isNull()) {
      // Of another version, or damaged. It only saves time.
      cache = configuration.createTimingCache(new BytePointer(0L), 0);
    }
    ITimingCache usable = require(cache, "createTimingCache");
    require(configuration.setTimingCache(usable, false), "setTimingCache");
    return usable;
  }

  /** Times of earlier builds, or none: they only save time. */
  static byte[] readTimes(Path file, Consumer<String> progress) {
    try {
      return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    } catch (IOException e) {
      progress.accept("%s was not read: %s".formatted(file, e));
      return new byte[0];
    }
  }

  /** Puts times in the place of older ones, in one step. */
  static void writeTimes(Path file, ByteBuffer times) throws IOException {
    // Process ids are not unique where containers share a directory.
    Path temporary = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID());
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        writeFully(channel, times);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static Built write(Path target, IHostMemory plan) throws IOException {
    MemorySegment content = segment(plan);
    MessageDigest digest = Sha256.digest();
    try (FileChannel channel =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      writeFully(channel, ByteBuffer.allocate(PlanFile.HEADER_BYTES));
      for (long start = 0; start < content.byteSize(); start += CHUNK_BYTES) {
        long bytes = Math.min(CHUNK_BYTES, content.byteSize() - start);
        ByteBuffer chunk = content.asSlice(start, bytes).asByteBuffer();
        digest.update(chunk.duplicate());
        writeFully(channel, chunk);
      }
    }
    return new Built(content.byteSize(), HexFormat.of().formatHex(digest.digest()));
  }

  private static MemorySegment segment(IHostMemory memory) {
    return MemorySegment.ofAddress(memory.data().address()).reinterpret(memory.size());
  }

  private static void writeFully(FileChannel channel, ByteBuffer content) throws IOException {
    while (content.hasRemaining()) {
      channel.write(content);
    }
  }
}
