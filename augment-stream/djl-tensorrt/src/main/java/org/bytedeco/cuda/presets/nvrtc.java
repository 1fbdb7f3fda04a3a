package org.bytedeco.cuda.presets;

/**
 * Nothing to load. TensorRT's bindings inherit from a class of this name; TensorRT's own libraries
 * need only the driver, so the real one would load parts of the CUDA toolkit for nothing.
 */
public final class nvrtc {
  private nvrtc() {}
}
