package org.bytedeco.cuda.cudart;

import org.bytedeco.javacpp.Pointer;

/**
 * The opaque handle of this name in the CUDA driver's interface, as TensorRT's bindings take it.
 */
public final class CUevent_st extends Pointer {
  public CUevent_st(Pointer handle) {
    super(handle);
  }
}
