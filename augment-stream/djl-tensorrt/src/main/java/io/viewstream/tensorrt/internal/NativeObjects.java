package io.viewstream.tensorrt.internal;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.jspecify.annotations.Nullable;

/** How TensorRT's C++ objects are checked, read and deleted through the bindings. */
final class NativeObjects {

  // createInferRuntime gives small numbers instead of null when CUDA is missing.
  private static final long SMALLEST_ADDRESS = 4_096;
  // Itanium C++ ABI: the virtual destructor of a class that declares it first, deleting variant.
  private static final int DELETING_DESTRUCTOR = 1;
  private static final MethodHandle DESTRUCTOR =
      Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

  private NativeObjects() {}

  /** A pointer to memory that JavaCPP does not own. */
  static final class Borrowed extends Pointer {
    Borrowed(long address) {
      super((Pointer) null);
      this.address = address;
    }
  }

  /** The object, if there is one. */
  static <T extends Pointer> T require(@Nullable T object, String what) {
    if (object == null || object.isNull() || object.address() < SMALLEST_ADDRESS) {
      throw new EngineException(
          "TensorRT: %s failed%s".formatted(what, EngineLogger.INSTANCE.lastError()));
    }
    return object;
  }

  static void require(boolean success, String what) {
    if (!success) {
      throw new EngineException(
          "TensorRT: %s failed%s".formatted(what, EngineLogger.INSTANCE.lastError()));
    }
  }

  /**
   * What {@code delete} does in C++. The bindings have no such call. Only for classes that derive
   * from INoCopy, whose first virtual function is the destructor.
   */
  static void delete(Pointer object) {
    long address = object.address();
    object.setNull();
    MemorySegment self = MemorySegment.ofAddress(address).reinterpret(Long.BYTES);
    MemorySegment table =
        self.get(ValueLayout.ADDRESS, 0).reinterpret((DELETING_DESTRUCTOR + 1L) * Long.BYTES);
    try {
      DESTRUCTOR.invokeExact(table.getAtIndex(ValueLayout.ADDRESS, DELETING_DESTRUCTOR), self);
    } catch (Throwable e) {
      throw new IllegalStateException("A TensorRT object could not be deleted", e);
    }
  }

  static Dims64 dimensions(Shape shape) {
    Dims64 dimensions = new Dims64().nbDims(shape.dimension());
    for (int i = 0; i < shape.dimension(); i++) {
      dimensions.d(i, shape.get(i));
    }
    return dimensions;
  }

  static Shape shape(Dims64 dimensions) {
    if (dimensions.nbDims() < 0) {
      throw new EngineException("TensorRT: a tensor has no shape");
    }
    long[] sizes = new long[dimensions.nbDims()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = dimensions.d(i);
    }
    return new Shape(sizes);
  }

  static DataType type(nvinfer.DataType type, String tensor) {
    return switch (type.intern()) {
      case kFLOAT -> DataType.FLOAT32;
      case kHALF -> DataType.FLOAT16;
      case kBF16 -> DataType.BFLOAT16;
      case kINT8 -> DataType.INT8;
      case kUINT8 -> DataType.UINT8;
      case kINT32 -> DataType.INT32;
      case kINT64 -> DataType.INT64;
      case kBOOL -> DataType.BOOLEAN;
      default ->
          throw new EngineException(
              "TensorRT: tensor %s has the type %s, which is not supported as an input or output"
                  .formatted(tensor, type));
    };
  }
}
