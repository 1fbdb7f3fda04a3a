package io.viewstream.trainer.train;

/** The engine cannot do what is asked; one line for the user. */
public final class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With its line. */
  public EngineException(String message) {
    super(message);
  }

  /** With its line and what led to it. */
  public EngineException(String message, Throwable cause) {
    super(message, cause);
  }
}
