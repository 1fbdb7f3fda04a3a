package io.viewstream.tensorrt.internal;

import org.bytedeco.tensorrt.nvinfer.ILogger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TensorRT's log in ours. TensorRT keeps its address for good, so there is one for the whole life
 * of the process. Called from TensorRT's own threads.
 */
final class EngineLogger extends ILogger {

  static final EngineLogger INSTANCE = new EngineLogger();

  private static final Logger LOGGER = LoggerFactory.getLogger("io.viewstream.tensorrt");

  // Replaced as a whole by any thread.
  private volatile String error = "";

  private EngineLogger() {}

  @Override
  public void log(Severity severity, String message) {
    String line = message.strip().replaceAll("\\s+", " ");
    switch (severity.intern()) {
      case kINTERNAL_ERROR, kERROR -> {
        error = line;
        LOGGER.error(line);
      }
      case kWARNING -> LOGGER.warn(line);
      case kINFO -> LOGGER.debug(line);
      case kVERBOSE -> LOGGER.trace(line);
    }
  }

  /** The last error with a colon before it, or nothing. Forgets it. */
  String lastError() {
    String last = error;
    error = "";
    return last.isEmpty() ? "" : ": " + last;
  }
}
