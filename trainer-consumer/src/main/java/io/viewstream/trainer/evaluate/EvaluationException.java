package io.viewstream.trainer.evaluate;

import org.jspecify.annotations.Nullable;

/**
 * An evaluation that cannot be done; one line for the user that names the source of images or the
 * setting.
 */
public final class EvaluationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With its line. */
  public EvaluationException(String message) {
    super(message);
  }

  /** With its line and what led to it. */
  public EvaluationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
