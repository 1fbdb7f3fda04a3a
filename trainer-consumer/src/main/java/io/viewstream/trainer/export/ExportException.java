package io.viewstream.trainer.export;

import org.jspecify.annotations.Nullable;

/** Something that cannot be written; one line for the user that names the file and the remedy. */
public final class ExportException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With its line. */
  public ExportException(String message) {
    super(message);
  }

  /** With its line and what led to it. */
  public ExportException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
