package io.viewstream.trainer.feed;

import io.viewstream.trainer.feed.internal.Frame;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An encoded image in the pool's local cache, a real one or a view. It reads the cache in place and
 * is valid while the pool is open; any thread may use it.
 */
public final class StoredImage {

  private final Frame frame;

  StoredImage(Frame frame) {
    this.frame = frame;
  }

  /** Id of the image, or of the image that the view was made from. */
  public String imageId() {
    return frame.imageId();
  }

  /** Class of the image; null where none is known, and for views. */
  public @Nullable String label() {
    return frame.label();
  }

  /** Width in pixels, as the record says. */
  public int width() {
    return frame.width();
  }

  /** Height in pixels, as the record says. */
  public int height() {
    return frame.height();
  }

  /**
   * The encoded bytes.
   *
   * @return a direct, read-only buffer over the cache
   * @throws FeedException if the bytes on disk are not those that were written
   */
  public ByteBuffer content() {
    if (!frame.contentIsIntact()) {
      throw new FeedException(
          "The cached copy of image '"
              + imageId()
              + "' is damaged (checksum); check the disk and delete the cache directory, it is"
              + " filled again from Kafka");
    }
    return frame.content();
  }
}
