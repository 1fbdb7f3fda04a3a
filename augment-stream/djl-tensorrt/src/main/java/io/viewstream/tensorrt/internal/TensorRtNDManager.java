package io.viewstream.tensorrt.internal;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Arrays in the Java heap, which the garbage collector frees. Only a running plan has memory on the
 * device.
 */
public class TensorRtNDManager extends BaseNDManager {

  private final Engine engine;

  private TensorRtNDManager(Engine engine, @Nullable NDManager parent, Device device) {
    // The constructor above asks for the engine.
    this.engine = engine;
    super(parent, device);
  }

  /** The manager above all others of an engine, which is never closed. */
  public static TensorRtNDManager system(Engine engine, Device device) {
    return new SystemManager(engine, device);
  }

  @Override
  public Engine getEngine() {
    return engine;
  }

  @Override
  public ByteBuffer allocateDirect(int capacity) {
    return ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
  }

  @Override
  public NDArray from(NDArray array) {
    if (array == null || array instanceof TensorRtNDArray) {
      return array;
    }
    NDArray copy = create(array.toByteBuffer(), array.getShape(), array.getDataType());
    copy.setName(array.getName());
    return copy;
  }

  @Override
  public NDArray create(Buffer data, Shape shape, DataType dataType) {
    int size = Math.toIntExact(shape.size());
    BaseNDManager.validateBuffer(data, dataType, size);
    ByteBuffer content =
        ByteBuffer.allocate(Math.multiplyExact(size, dataType.getNumOfBytes()))
            .order(ByteOrder.nativeOrder());
    BaseNDManager.copyBuffer(data, content);
    return create(new HostTensor(dataType, shape, content.rewind()));
  }

  @Override
  public NDArray zeros(Shape shape, DataType dataType) {
    int bytes = Math.toIntExact(shape.size() * dataType.getNumOfBytes());
    ByteBuffer content = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    return create(new HostTensor(dataType, shape, content));
  }

  /** The manager above all others. */
  TensorRtNDManager root() {
    return parent instanceof TensorRtNDManager above ? above.root() : this;
  }

  /** Takes the tensor over. */
  TensorRtNDArray create(HostTensor tensor) {
    return new TensorRtNDArray(this, alternativeManager, tensor);
  }

  @Override
  public TensorRtNDManager newSubManager(Device device) {
    TensorRtNDManager manager = new TensorRtNDManager(engine, this, device);
    attachInternal(manager.uid, manager);
    return manager;
  }

  @Override
  public void close() {
    super.close();
    if (alternativeManager != null) {
      alternativeManager.close();
      alternativeManager = null;
    }
  }

  private static final class SystemManager extends TensorRtNDManager implements SystemNDManager {

    SystemManager(Engine engine, Device device) {
      super(engine, null, device);
    }

    @Override
    public void close() {}
  }
}
