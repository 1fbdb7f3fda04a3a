package io.viewstream.tensorrt.internal;

import ai.djl.engine.EngineException;
import io.viewstream.tensorrt.TensorRtUnavailableException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;

/**
 * The part of the CUDA driver's interface that the engine needs. It is asked before any library of
 * TensorRT is loaded: without a driver those give bad pointers or abort the process.
 *
 * <p>Any thread may call it; a thread that works with memory or streams makes the context current
 * first.
 */
final class CudaDriver {

  /** The driver's library on Linux. */
  static final String LIBRARY = "libcuda.so.1";

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final AddressLayout ADDRESS = ValueLayout.ADDRESS;
  private static final int NAME_BYTES = 256;
  private static final int STREAM_NON_BLOCKING = 1;
  private static final int ATTRIBUTE_MULTIPROCESSORS = 16;
  private static final int ATTRIBUTE_CAPABILITY_MAJOR = 75;
  private static final int ATTRIBUTE_CAPABILITY_MINOR = 76;

  private final SymbolLookup library;
  private final Function initialize;
  private final Function driverVersion;
  private final Function deviceCount;
  private final Function deviceGet;
  private final Function deviceName;
  private final Function deviceAttribute;
  private final Function contextRetain;
  private final Function contextRelease;
  private final Function contextSetCurrent;
  private final Function memoryInfo;
  private final Function memoryAllocate;
  private final Function memoryFree;
  private final Function hostAllocate;
  private final Function hostFree;
  private final Function copyToDevice;
  private final Function copyToHost;
  private final Function streamCreate;
  private final Function streamSynchronize;
  private final Function streamDestroy;

  private CudaDriver(SymbolLookup library) {
    this.library = library;
    initialize = function("cuInit", INT);
    driverVersion = function("cuDriverGetVersion", ADDRESS);
    deviceCount = function("cuDeviceGetCount", ADDRESS);
    deviceGet = function("cuDeviceGet", ADDRESS, INT);
    deviceName = function("cuDeviceGetName", ADDRESS, INT, INT);
    deviceAttribute = function("cuDeviceGetAttribute", ADDRESS, INT, INT);
    contextRetain = function("cuDevicePrimaryCtxRetain", ADDRESS, INT);
    contextRelease = function("cuDevicePrimaryCtxRelease_v2", INT);
    contextSetCurrent = function("cuCtxSetCurrent", LONG);
    memoryInfo = function("cuMemGetInfo_v2", ADDRESS, ADDRESS);
    memoryAllocate = function("cuMemAlloc_v2", ADDRESS, LONG);
    memoryFree = function("cuMemFree_v2", LONG);
    hostAllocate = function("cuMemHostAlloc", ADDRESS, LONG, INT);
    hostFree = function("cuMemFreeHost", ADDRESS);
    copyToDevice = function("cuMemcpyHtoDAsync_v2", LONG, ADDRESS, LONG, LONG);
    copyToHost = function("cuMemcpyDtoHAsync_v2", ADDRESS, LONG, LONG, LONG);
    streamCreate = function("cuStreamCreate", ADDRESS, INT);
    streamSynchronize = function("cuStreamSynchronize", LONG);
    streamDestroy = function("cuStreamDestroy_v2", LONG);
  }

  /**
   * A GPU.
   *
   * @param name as the driver gives it
   * @param capability compute capability, such as 9.0
   * @param multiprocessors how many it has; a slice of a divided GPU has fewer
   */
  record Gpu(String name, String capability, int multiprocessors) {

    /** What a plan that was tuned on this GPU is tied to. */
    String identity() {
      return "%s, compute capability %s, %d multiprocessors"
          .formatted(name, capability, multiprocessors);
    }
  }

  /**
   * Loads the driver's library and initialises it.
   *
   * @param name of the library, or its path
   * @throws TensorRtUnavailableException there is no driver, or it has no GPU to give
   */
  static CudaDriver open(String name) {
    CudaDriver driver;
    try {
      driver = new CudaDriver(SymbolLookup.libraryLookup(name, Arena.global()));
    } catch (IllegalArgumentException e) {
      throw new TensorRtUnavailableException(
          "no NVIDIA driver (%s is not on the library path)".formatted(name));
    } catch (java.util.NoSuchElementException e) {
      throw new TensorRtUnavailableException(
          "no usable NVIDIA driver (%s lacks a function: %s)".formatted(name, e.getMessage()));
    }
    int result = driver.initialize.result(0);
    if (result != 0) {
      throw new TensorRtUnavailableException(
          "the NVIDIA driver finds no usable GPU (cuInit gives %d: %s)"
              .formatted(result, driver.explain(result)));
    }
    if (driver.gpuCount() == 0) {
      throw new TensorRtUnavailableException("the NVIDIA driver finds no GPU");
    }
    return driver;
  }

  /** The newest CUDA that the driver supports, as 1000 · major + 10 · minor. */
  int cudaVersion() {
    return readInt(driverVersion);
  }

  int gpuCount() {
    return readInt(deviceCount);
  }

  Gpu gpu(int ordinal) {
    int device = device(ordinal);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(NAME_BYTES);
      deviceName.call(name, NAME_BYTES, device);
      return new Gpu(
          name.getString(0, StandardCharsets.UTF_8).strip(),
          attribute(device, ATTRIBUTE_CAPABILITY_MAJOR)
              + "."
              + attribute(device, ATTRIBUTE_CAPABILITY_MINOR),
          attribute(device, ATTRIBUTE_MULTIPROCESSORS));
    }
  }

  private int attribute(int device, int attribute) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(INT);
      deviceAttribute.call(value, attribute, device);
      return value.get(INT, 0);
    }
  }

  private int device(int ordinal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(INT);
      deviceGet.call(value, ordinal);
      return value.get(INT, 0);
    }
  }

  /** Retains the GPU's primary context, which all libraries of this process share. */
  long retainContext(int ordinal) {
    int device = device(ordinal);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(LONG);
      contextRetain.call(value, device);
      return value.get(LONG, 0);
    }
  }

  void releaseContext(int ordinal) {
    contextRelease.call(device(ordinal));
  }

  /** For this thread. */
  void makeCurrent(long context) {
    contextSetCurrent.call(context);
  }

  /** Free memory of the current context's GPU, in bytes. */
  long freeBytes() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment free = arena.allocate(LONG);
      memoryInfo.call(free, arena.allocate(LONG));
      return free.get(LONG, 0);
    }
  }

  /** Device memory. */
  long allocate(long bytes) {
    return readLong(memoryAllocate, bytes);
  }

  void free(long address) {
    memoryFree.call(address);
  }

  /** Host memory that the GPU copies from and to without a detour. */
  MemorySegment allocatePinned(long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(ADDRESS);
      hostAllocate.call(address, bytes, 0);
      return MemorySegment.ofAddress(address.get(LONG, 0)).reinterpret(bytes);
    }
  }

  void freePinned(MemorySegment memory) {
    hostFree.call(memory);
  }

  /** A stream that does not wait for the default one. */
  long createStream() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment stream = arena.allocate(LONG);
      streamCreate.call(stream, STREAM_NON_BLOCKING);
      return stream.get(LONG, 0);
    }
  }

  void synchronize(long stream) {
    streamSynchronize.call(stream);
  }

  void destroyStream(long stream) {
    streamDestroy.call(stream);
  }

  void copyToDevice(long target, MemorySegment source, long bytes, long stream) {
    copyToDevice.call(target, source, bytes, stream);
  }

  void copyToHost(MemorySegment target, long source, long bytes, long stream) {
    copyToHost.call(target, source, bytes, stream);
  }

  private static int readInt(Function function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(INT);
      function.call(value);
      return value.get(INT, 0);
    }
  }

  private static long readLong(Function function, long argument) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(LONG);
      function.call(value, argument);
      return value.get(LONG, 0);
    }
  }

  /** The driver's own words for a result. */
  private String explain(int result) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(ADDRESS);
      if (function("cuGetErrorString", INT, ADDRESS).result(result, text) == 0) {
        return text.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE).getString(0);
      }
    } catch (java.util.NoSuchElementException e) {
      // A driver without words; the number has to do.
    }
    return "unknown";
  }

  private Function function(String name, MemoryLayout... arguments) {
    MethodHandle handle =
        Linker.nativeLinker()
            .downcallHandle(library.findOrThrow(name), FunctionDescriptor.of(INT, arguments));
    return new Function(
        name,
        handle
            .asSpreader(Object[].class, arguments.length)
            .asType(MethodType.methodType(int.class, Object[].class)));
  }

  /** One function; all of them return a result code, 0 for success. */
  private final class Function {
    private final String name;
    private final MethodHandle handle;

    Function(String name, MethodHandle handle) {
      this.name = name;
      this.handle = handle;
    }

    int result(Object... arguments) {
      try {
        return (int) handle.invokeExact(arguments);
      } catch (Throwable e) {
        throw new IllegalStateException("The call of %s failed".formatted(name), e);
      }
    }

    void call(Object... arguments) {
      int result = result(arguments);
      if (result != 0) {
        throw new EngineException("CUDA: %s gives %d: %s".formatted(name, result, explain(result)));
      }
    }
  }
}
