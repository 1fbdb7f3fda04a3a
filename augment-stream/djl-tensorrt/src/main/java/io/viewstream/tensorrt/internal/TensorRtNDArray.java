package io.viewstream.tensorrt.internal;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrayAdapter;
import ai.djl.ndarray.NDManager;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * An input or a result of a plan, in host memory. It can be filled and read; for arithmetic DJL
 * turns to another engine, if there is one.
 */
final class TensorRtNDArray extends NDArrayAdapter {

  // Replaced by intern.
  private ByteBuffer content;

  TensorRtNDArray(
      TensorRtNDManager manager, @Nullable NDManager alternativeManager, HostTensor tensor) {
    super(manager, alternativeManager, tensor.shape(), tensor.type(), NDManager.nextUid());
    this.content = tensor.content();
    manager.attachInternal(uid, this);
  }

  /** Shares the memory. */
  HostTensor tensor() {
    return new HostTensor(getDataType(), getShape(), toByteBuffer(false));
  }

  @Override
  public void intern(NDArray replaced) {
    content = ((TensorRtNDArray) replaced).content;
    replaced.close();
  }

  @Override
  public void detach() {
    manager.detachInternal(getUid());
    manager = ((TensorRtNDManager) manager).root();
  }

  @Override
  public ByteBuffer toByteBuffer(boolean tryDirect) {
    if (isClosed) {
      throw new IllegalStateException("The array is closed");
    }
    return content.duplicate().order(ByteOrder.nativeOrder()).rewind();
  }

  @Override
  public void set(Buffer data) {
    BaseNDManager.validateBuffer(data, getDataType(), Math.toIntExact(getShape().size()));
    BaseNDManager.copyBuffer(data, toByteBuffer(false));
  }
}
