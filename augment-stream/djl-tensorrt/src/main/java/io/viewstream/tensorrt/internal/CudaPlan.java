package io.viewstream.tensorrt.internal;

import static io.viewstream.tensorrt.internal.NativeObjects.require;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.viewstream.tensorrt.internal.NativeObjects.Borrowed;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.global.nvinfer.OptProfileSelector;
import org.bytedeco.tensorrt.global.nvinfer.TensorIOMode;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.ICudaEngine;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;
import org.bytedeco.tensorrt.nvinfer.IRuntime;
import org.jspecify.annotations.Nullable;

/**
 * A plan on a GPU: one execution context, one stream of its own, and for each input and output one
 * pinned and one device buffer of the largest size that the profile allows, all made at once. Calls
 * wait for each other. What was acquired is released in reverse order, also when opening fails half
 * way.
 */
final class CudaPlan implements ExecutablePlan {

  /** One input or output with its buffers. */
  private record Binding(
      TensorSpec spec, Shape minimum, Shape maximum, MemorySegment host, long device) {}

  private final CudaDriver driver;
  private final String model;
  private final long gpuContext;
  private final IExecutionContext context;
  private final CUstream_st stream;
  private final List<Binding> inputs = new ArrayList<>();
  private final List<Binding> outputs = new ArrayList<>();
  // Guarded by this, like everything native: what to release, the newest first.
  private final Deque<Runnable> acquired;
  private boolean closed;

  private CudaPlan(
      CudaDriver driver,
      String model,
      long gpuContext,
      ICudaEngine engine,
      Deque<Runnable> acquired) {
    this.driver = driver;
    this.model = model;
    this.gpuContext = gpuContext;
    this.acquired = acquired;
    context = require(engine.createExecutionContext(), "createExecutionContext");
    acquired.push(() -> NativeObjects.delete(context));
    long handle = driver.createStream();
    acquired.push(() -> driver.destroyStream(handle));
    stream = new CUstream_st(new Borrowed(handle));
    bindAll(engine);
    driver.synchronize(handle);
  }

  /**
   * Puts a plan on a GPU.
   *
   * @return empty if TensorRT refuses it
   */
  static Optional<CudaPlan> open(CudaDriver driver, PlanFile plan, int ordinal, String model) {
    Deque<Runnable> acquired = new ArrayDeque<>();
    try {
      long gpuContext = driver.retainContext(ordinal);
      acquired.push(() -> driver.releaseContext(ordinal));
      driver.makeCurrent(gpuContext);
      IRuntime runtime =
          require(nvinfer.createInferRuntime(EngineLogger.INSTANCE), "createInferRuntime");
      acquired.push(() -> NativeObjects.delete(runtime));
      ICudaEngine engine = deserialize(runtime, plan);
      if (engine == null || engine.isNull()) {
        releaseAll(acquired, null);
        return Optional.empty();
      }
      acquired.push(() -> NativeObjects.delete(engine));
      return Optional.of(new CudaPlan(driver, model, gpuContext, engine, acquired));
    } catch (RuntimeException | Error e) {
      releaseAll(acquired, e);
      throw e;
    }
  }

  private static @Nullable ICudaEngine deserialize(IRuntime runtime, PlanFile plan) {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(plan.path(), StandardOpenOption.READ)) {
      MemorySegment content =
          channel.map(
              FileChannel.MapMode.READ_ONLY, PlanFile.HEADER_BYTES, plan.sizeBytes(), arena);
      // TensorRT copies what it needs before it returns.
      return runtime.deserializeCudaEngine(new Borrowed(content.address()), content.byteSize());
    } catch (NoSuchFileException e) {
      // Another process took it for the oldest since it was checked: as good as refused.
      return null;
    } catch (IOException e) {
      throw new EngineException("Plan %s cannot be read: %s".formatted(plan.path(), e), e);
    }
  }

  /** Buffers for the largest shapes, which the context is given first. */
  private void bindAll(ICudaEngine engine) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < engine.getNbIOTensors(); i++) {
      names.add(engine.getIOTensorName(i));
    }
    for (String name : names) {
      if (engine.isShapeInferenceIO(name)) {
        throw new EngineException(
            "%s: tensor %s carries a shape, which this engine does not support; export the model with that shape fixed"
                .formatted(model, name));
      }
      if (isInput(engine, name)) {
        Shape smallest = profileShape(engine, name, OptProfileSelector.kMIN);
        Shape largest = profileShape(engine, name, OptProfileSelector.kMAX);
        inputs.add(bind(engine, name, smallest, largest));
        setShape(name, largest);
      }
    }
    require(context.inferShapes(0, (PointerPointer<?>) null) == 0, "inferShapes");
    for (String name : names) {
      if (!isInput(engine, name)) {
        Shape largest = NativeObjects.shape(context.getTensorShape(name));
        if (largest.size() < 0) {
          throw new EngineException(
              "%s: the size of output %s depends on the input's numbers, which this engine does not support"
                  .formatted(model, name));
        }
        outputs.add(bind(engine, name, largest, largest));
      }
    }
  }

  private static boolean isInput(ICudaEngine engine, String name) {
    return engine.getTensorIOMode(name).intern() == TensorIOMode.kINPUT;
  }

  private static Shape profileShape(ICudaEngine engine, String name, OptProfileSelector selector) {
    Dims64 dimensions = engine.getProfileShape(name, 0, selector);
    return NativeObjects.shape(dimensions);
  }

  private Binding bind(ICudaEngine engine, String name, Shape smallest, Shape largest) {
    DataType type = NativeObjects.type(engine.getTensorDataType(name), name);
    TensorSpec spec = new TensorSpec(name, type, NativeObjects.shape(engine.getTensorShape(name)));
    // A tensor of no elements still needs an address.
    long bytes = Math.max(1, largest.size() * type.getNumOfBytes());
    MemorySegment host = driver.allocatePinned(bytes);
    acquired.push(() -> driver.freePinned(host));
    long device = driver.allocate(bytes);
    acquired.push(() -> driver.free(device));
    require(context.setTensorAddress(name, new Borrowed(device)), "setTensorAddress " + name);
    return new Binding(spec, smallest, largest, host, device);
  }

  private void setShape(String name, Shape shape) {
    try (Dims64 dimensions = NativeObjects.dimensions(shape)) {
      require(context.setInputShape(name, dimensions), "the shape %s of %s".formatted(shape, name));
    }
  }

  @Override
  public List<TensorSpec> inputs() {
    return inputs.stream().map(Binding::spec).toList();
  }

  @Override
  public List<TensorSpec> outputs() {
    return outputs.stream().map(Binding::spec).toList();
  }

  @Override
  public synchronized List<HostTensor> run(List<HostTensor> values) {
    if (closed) {
      throw new IllegalStateException(model + " is closed");
    }
    for (int i = 0; i < inputs.size(); i++) {
      checkShape(inputs.get(i), values.get(i).shape());
    }
    driver.makeCurrent(gpuContext);
    long handle = stream.address();
    for (int i = 0; i < inputs.size(); i++) {
      Binding binding = inputs.get(i);
      MemorySegment source = MemorySegment.ofBuffer(values.get(i).content());
      MemorySegment.copy(source, 0, binding.host(), 0, source.byteSize());
      setShape(binding.spec().name(), values.get(i).shape());
      driver.copyToDevice(binding.device(), binding.host(), source.byteSize(), handle);
    }
    require(context.enqueueV3(stream), model);
    List<Shape> shapes = new ArrayList<>(outputs.size());
    for (Binding binding : outputs) {
      Shape shape = NativeObjects.shape(context.getTensorShape(binding.spec().name()));
      shapes.add(shape);
      driver.copyToHost(binding.host(), binding.device(), bytes(binding, shape), handle);
    }
    driver.synchronize(handle);
    List<HostTensor> results = new ArrayList<>(outputs.size());
    for (int i = 0; i < outputs.size(); i++) {
      Binding binding = outputs.get(i);
      byte[] content = new byte[Math.toIntExact(bytes(binding, shapes.get(i)))];
      MemorySegment.copy(binding.host(), 0, MemorySegment.ofArray(content), 0, content.length);
      results.add(
          new HostTensor(
              binding.spec().type(),
              shapes.get(i),
              ByteBuffer.wrap(content).order(ByteOrder.nativeOrder())));
    }
    return results;
  }

  private static long bytes(Binding binding, Shape shape) {
    return shape.size() * binding.spec().type().getNumOfBytes();
  }

  private void checkShape(Binding binding, Shape shape) {
    boolean fits = shape.dimension() == binding.maximum().dimension();
    for (int i = 0; fits && i < shape.dimension(); i++) {
      fits = shape.get(i) >= binding.minimum().get(i) && shape.get(i) <= binding.maximum().get(i);
    }
    if (!fits) {
      throw new EngineException(
          "%s: input %s has the shape %s, and the plan takes %s to %s; load the model with the option %s or %s%s"
              .formatted(
                  model,
                  binding.spec().name(),
                  shape,
                  binding.minimum(),
                  binding.maximum(),
                  BatchProfile.MAX_BATCH,
                  BatchProfile.SHAPES,
                  binding.spec().name()));
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      driver.makeCurrent(gpuContext);
      releaseAll(acquired, null);
    }
  }

  /**
   * Every step runs; the first failure is thrown, later ones suppressed inside it.
   *
   * @param cause that the caller throws, inside which all failures are suppressed; null for none
   */
  private static void releaseAll(Deque<Runnable> acquired, @Nullable Throwable cause) {
    @Nullable RuntimeException failure = null;
    while (!acquired.isEmpty()) {
      try {
        acquired.pop().run();
      } catch (RuntimeException e) {
        if (cause != null) {
          cause.addSuppressed(e);
        } else if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
