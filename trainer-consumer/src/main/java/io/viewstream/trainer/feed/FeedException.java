package io.viewstream.trainer.feed;

import org.jspecify.annotations.Nullable;

/**
 * The feed cannot go on. The message is one line for the user: what is wrong, the value, the limit
 * and the remedy.
 */
public class FeedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** A failure that the feed found itself. */
  public FeedException(String message) {
    super(message);
  }

  /** A failure with the exception that led to it. */
  public FeedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
