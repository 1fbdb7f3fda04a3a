package io.viewstream.trainer.feed.internal;

import io.viewstream.imaging.augment.CounterRandom;
import io.viewstream.schemas.serde.Piece;

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
    return of(Piece.ofText(imageId));
  }

  /** The hash of an image id in UTF-8. */
  static long of(Piece imageId) {
    byte[] array = imageId.array();
    long hash = FNV_OFFSET;
    for (int i = imageId.start(); i < imageId.start() + imageId.size(); i++) {
      hash = (hash ^ (array[i] & 0xff)) * FNV_PRIME;
    }
    return CounterRandom.mix(hash);
  }
}
