package io.viewstream.tensorrt.internal;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * An input or output of a plan.
 *
 * @param name as in the ONNX file
 * @param type of its numbers
 * @param shape with −1 where the size may vary
 */
public record TensorSpec(String name, DataType type, Shape shape) {}
