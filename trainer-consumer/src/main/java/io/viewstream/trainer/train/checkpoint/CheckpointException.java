package io.viewstream.trainer.train.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * A checkpoint that cannot be read, written or used here. The message is one line for the user and
 * names the file.
 */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Without a cause. */
  public CheckpointException(String message) {
    super(message);
  }

  /** With a cause. */
  public CheckpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
