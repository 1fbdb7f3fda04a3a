package io.viewstream.imaging;

/**
 * Bytes that are no image we can use: empty, of another format, truncated, damaged or too large.
 * The message is one line that says what is wrong with the content; it does not name the file.
 */
public sealed class InvalidImageException extends Exception permits ImageTooLargeException {
  private static final long serialVersionUID = 1L;

  public InvalidImageException(String message) {
    super(message);
  }

  public InvalidImageException(String message, Throwable cause) {
    super(message, cause);
  }
}
