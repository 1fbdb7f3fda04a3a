package io.viewstream.generators;

/**
 * The engine or the device under it failed: out of memory, lost, hung. What to do next: stop the
 * instance and leave its work uncommitted; the images are not at fault.
 */
public class DeviceFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public DeviceFailedException(String message) {
    super(message);
  }

  public DeviceFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
