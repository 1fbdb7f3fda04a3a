package io.viewstream.generators;

/**
 * Nobody waits for this call any more: its thread was interrupted (the interrupt flag is set again)
 * or the generator was closed before its turn came. What to do next: unwind and leave the work
 * uncommitted; neither the image nor the device is at fault.
 */
public class GenerationAbandonedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public GenerationAbandonedException(String message) {
    super(message);
  }

  public GenerationAbandonedException(String message, Throwable cause) {
    super(message, cause);
  }
}
