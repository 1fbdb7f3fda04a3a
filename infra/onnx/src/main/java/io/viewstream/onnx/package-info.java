/**
 * What can be known of an ONNX file without an engine: its fields, and the files beside it that
 * hold its weights. Both the packages of generators, which check these files, and the plans of
 * TensorRT, which depend on them, ask here.
 */
@NullMarked
package io.viewstream.onnx;

import org.jspecify.annotations.NullMarked;
