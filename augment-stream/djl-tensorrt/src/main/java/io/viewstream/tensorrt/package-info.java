/**
 * A DJL engine named TensorRT: {@code Criteria.optEngine("TensorRT")} runs any ONNX file on an
 * NVIDIA GPU. It needs NVIDIA's driver and TensorRT's libraries and nothing else; where they are
 * missing, {@link io.viewstream.tensorrt.TensorRtUnavailableException} says so in one line and no
 * other engine is disturbed. {@link io.viewstream.tensorrt.TensorRtSettings} lists the settings.
 */
@NullMarked
package io.viewstream.tensorrt;

import org.jspecify.annotations.NullMarked;
