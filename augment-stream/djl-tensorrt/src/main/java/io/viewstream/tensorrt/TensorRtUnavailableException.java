package io.viewstream.tensorrt;

import ai.djl.engine.EngineException;

/**
 * TensorRT cannot be used on this machine. The message is one line: what is missing, where it was
 * looked for, and the remedy.
 */
public class TensorRtUnavailableException extends EngineException {

  private static final long serialVersionUID = 1L;

  public TensorRtUnavailableException(String message) {
    super(message);
  }
}
