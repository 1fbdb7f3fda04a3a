package io.viewstream.embedded;

import org.jspecify.annotations.Nullable;

/**
 * An embedded server did not start or did not stop; the message is one line for the user, with the
 * remedy.
 */
public final class EmbeddedServerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public EmbeddedServerException(String message) {
    super(message);
  }

  public EmbeddedServerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
