package io.viewstream.generators;

/**
 * This call failed, the generator did not. What to do next: ask again once for each image alone; an
 * image that fails alone becomes a dead letter.
 */
public class GenerationFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public GenerationFailedException(String message) {
    super(message);
  }

  public GenerationFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
