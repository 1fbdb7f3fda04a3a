/**
 * How the engine works. From the bottom: {@link io.viewstream.tensorrt.internal.CudaDriver} calls
 * NVIDIA's driver, {@link io.viewstream.tensorrt.internal.NvidiaLibraries} finds TensorRT's
 * libraries, and {@link io.viewstream.tensorrt.internal.NativeTensorRt} loads them in the one safe
 * order. {@link io.viewstream.tensorrt.internal.BuilderProcess} has {@link
 * io.viewstream.tensorrt.internal.BuilderMain} build a plan in another process, {@link
 * io.viewstream.tensorrt.internal.PlanCache} keeps it, {@link
 * io.viewstream.tensorrt.internal.CudaPlan} runs it, and the classes named TensorRt… show all that
 * to DJL.
 */
@NullMarked
package io.viewstream.tensorrt.internal;

import org.jspecify.annotations.NullMarked;
