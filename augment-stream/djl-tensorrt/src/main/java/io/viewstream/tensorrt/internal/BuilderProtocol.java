package io.viewstream.tensorrt.internal;

/**
 * What the builder's process says to its parent on standard output, one line each: a mark, a word,
 * and the rest. Lines without the mark (of native libraries, of the JVM) are no part of it.
 *
 * <pre>
 * viewstream-builder: progress tuning kernels
 * viewstream-builder: error /models/unet.onnx: node Resize_12: …
 * viewstream-builder: done 412345678 0f3a…
 * </pre>
 *
 * The process ends with 0 after {@code done} and with another status after {@code error}. It ends
 * at once when its standard input does: no build outlives its parent.
 */
final class BuilderProtocol {

  static final String MARK = "viewstream-builder: ";
  static final String PROGRESS = "progress ";
  static final String ERROR = "error ";
  static final String DONE = "done ";

  private BuilderProtocol() {}

  /** One line, whatever the text holds. */
  static String line(String word, String text) {
    return MARK + word + text.strip().replaceAll("\\s+", " ");
  }
}
