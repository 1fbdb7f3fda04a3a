package io.viewstream.generators;

/**
 * A generator cannot be opened. The message is one line for a person: which file, which tensor or
 * setting, what it is and what it must be.
 */
public class InvalidPackageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public InvalidPackageException(String message) {
    super(message);
  }

  public InvalidPackageException(String message, Throwable cause) {
    super(message, cause);
  }
}
