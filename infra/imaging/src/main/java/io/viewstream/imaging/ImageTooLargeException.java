package io.viewstream.imaging;

/** An image with more pixels than the limit, as its header says; nothing of it was decoded. */
public final class ImageTooLargeException extends InvalidImageException {
  private static final long serialVersionUID = 1L;

  public ImageTooLargeException(String message) {
    super(message);
  }
}
