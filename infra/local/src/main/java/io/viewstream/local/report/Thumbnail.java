package io.viewstream.local.report;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.ImageHeader;
import io.viewstream.imaging.ImageScaler;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.schemas.ImageEncoding;
import java.nio.ByteBuffer;

/**
 * An image as a page shows it: itself if it is small, else a smaller JPEG, so that a page of photos
 * is not as large as they are.
 *
 * @param content of the image
 * @param encoding of the content
 */
record Thumbnail(byte[] content, ImageEncoding encoding) {

  /** Longest side in pixels; pages show a third of it, and screens may have three for one. */
  static final int MAX_SIDE = 256;

  private static final int QUALITY = 90;

  /** Of an image's content, whose position does not move. */
  static Thumbnail of(ByteBuffer image, ImageEncoding encoding) {
    byte[] content = new byte[image.remaining()];
    image.duplicate().get(content);
    try {
      ImageHeader header = ImageHeader.read(content);
      if (Math.max(header.width(), header.height()) > MAX_SIDE) {
        return new Thumbnail(
            ImageEncoder.jpeg(
                ImageScaler.shrinkToFit(new ImageDecoder().decode(content), MAX_SIDE), QUALITY),
            ImageEncoding.JPEG);
      }
    } catch (InvalidImageException e) {
      // A browser shows its own sign for an image that cannot be decoded.
    }
    return new Thumbnail(content, encoding);
  }
}
