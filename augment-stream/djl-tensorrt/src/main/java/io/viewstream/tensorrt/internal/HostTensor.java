package io.viewstream.tensorrt.internal;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;

/**
 * Numbers in host memory.
 *
 * @param type of the numbers
 * @param shape of the tensor, all sizes known
 * @param content the numbers in row-major order and native byte order, from position 0 to the limit
 */
public record HostTensor(DataType type, Shape shape, ByteBuffer content) {}
