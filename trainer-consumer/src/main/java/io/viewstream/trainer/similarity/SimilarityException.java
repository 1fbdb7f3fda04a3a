package io.viewstream.trainer.similarity;

import org.jspecify.annotations.Nullable;

/** A comparison that cannot be made; one line for the user that names the file or the setting. */
public final class SimilarityException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With its line. */
  public SimilarityException(String message) {
    super(message);
  }

  /** With its line and what led to it. */
  public SimilarityException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
