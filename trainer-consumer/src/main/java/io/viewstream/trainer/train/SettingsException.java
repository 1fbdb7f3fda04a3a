package io.viewstream.trainer.train;

/**
 * A setting with a value that it cannot have; one line for the user, with the value, the limit and
 * the remedy.
 */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With its line. */
  public SettingsException(String message) {
    super(message);
  }

  /** With its line and what led to it. */
  public SettingsException(String message, Throwable cause) {
    super(message, cause);
  }
}
