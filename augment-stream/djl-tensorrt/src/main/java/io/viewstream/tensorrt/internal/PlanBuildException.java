package io.viewstream.tensorrt.internal;

import ai.djl.engine.EngineException;

/** A plan could not be built. The message is one line for a person, and holds that of the cause. */
public final class PlanBuildException extends EngineException {

  private static final long serialVersionUID = 1L;

  PlanBuildException(String message) {
    super(message);
  }
}
