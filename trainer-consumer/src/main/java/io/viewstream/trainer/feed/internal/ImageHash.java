package io.viewstream.trainer.feed.internal;

import io.viewstream.imaging.augment.CounterRandom;
import java.nio.charset.StandardCharsets;

/**
 * The 64-bit hash of an image id that sorts snapshots and names the image in every random draw:
 * FNV-1a over its UTF-8 bytes, then a finalising mix. Part of the contract, as all recorded orders
 * rest on it.
 */
public final class ImageHash {

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private ImageHash() {}

  /** The hash of an image id. */
  public static long of(String imageId) {
    return of(imageId.getBytes(StandardCharsets.UTF_8));
  }

  /** The hash of an image id in UTF-8. */
  static long of(byte[] imageId) {
    long hash = FNV_OFFSET;
    for (byte value : imageId) {
      hash = (hash ^ (value & 0xff)) * FNV_PRIME;
    }
    return CounterRandom.mix(hash);
  }
}
