package io.viewstream.augment.internal;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.ImageTooLargeException;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.RgbImage;
import io.viewstream.schemas.ContentDigest;
import io.viewstream.schemas.ErrorCategory;
import io.viewstream.schemas.Sha256;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.serde.MalformedRecordException;
import io.viewstream.schemas.serde.RecordDeserializer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * From a source record's bytes to pixels. What is wrong with the record itself becomes a {@link
 * RejectedRecordException}; an outage of the registry passes through as the {@code
 * RegistryUnavailableException} that it is. Safe for use by several threads.
 */
final class SourceReader {
  private final String topic;
  private final RecordDeserializer<SourceImage> deserializer;
  private final ImageDecoder decoder;

  SourceReader(String topic, RecordDeserializer<SourceImage> deserializer, ImageDecoder decoder) {
    this.topic = topic;
    this.deserializer = deserializer;
    this.decoder = decoder;
  }

  /** The record, if its bytes are one and its key says the same as its value. */
  SourceImage read(byte @Nullable [] key, byte[] value) throws RejectedRecordException {
    SourceImage source;
    try {
      source = deserializer.deserialize(topic, value);
    } catch (MalformedRecordException e) {
      throw new RejectedRecordException(ErrorCategory.INPUT, String.valueOf(e.getMessage()), e);
    }
    if (source == null) {
      throw new IllegalArgumentException("A withdrawn image has nothing to read");
    }
    // Views are joined to their image, and a withdrawal reaches it, by the key.
    byte[] imageId = source.getImageId().getBytes(StandardCharsets.UTF_8);
    if (!Arrays.equals(imageId, key)) {
      throw new RejectedRecordException(
          ErrorCategory.INPUT,
          "Key of the record is "
              + (key == null ? "missing" : "'" + new String(key, StandardCharsets.UTF_8) + "'")
              + ", must be the image id '"
              + source.getImageId()
              + "'");
    }
    return source;
  }

  /** The record's pixels, if its content is what it says and an image. */
  RgbImage decode(SourceImage source) throws RejectedRecordException {
    // Readers match views to images by this digest, so a wrong one would orphan the views.
    Sha256 digest = ContentDigest.of(source.getContent());
    if (!digest.equals(source.getSha256())) {
      throw new RejectedRecordException(
          ErrorCategory.INPUT,
          "Content has SHA-256 "
              + ContentDigest.hex(digest)
              + ", but the record says "
              + ContentDigest.hex(source.getSha256()));
    }
    try {
      return decoder.decode(source.getContent());
    } catch (ImageTooLargeException e) {
      throw new RejectedRecordException(
          ErrorCategory.RESOURCE, e.getMessage() + " of this generator; ingest with --max-side", e);
    } catch (InvalidImageException e) {
      throw new RejectedRecordException(ErrorCategory.INPUT, String.valueOf(e.getMessage()), e);
    }
  }
}
