package io.viewstream.trainer.feed.internal;

import io.viewstream.schemas.serde.Piece;
import java.util.Arrays;
import java.util.function.LongFunction;

/**
 * Numbers images in the order in which they were first met. An image is found by the hash of its id
 * in an open-addressing table; ids themselves stay in the logs, where a hash that is met twice has
 * them compared. About 30 bytes for an image. Not safe for several threads.
 */
final class ImageNumbers {

  // No entry has this low half: there is no image of that number.
  private static final long FREE = -1;
  private static final int FIRST_SLOTS = 1024;

  private static final int HASH = 0;
  private static final int LOCATION = 1;

  private final LongFunction<Piece> imageIdAt;
  private final LongRows images = new LongRows(2);
  private long[] slots = free(FIRST_SLOTS);

  /**
   * No images.
   *
   * @param imageIdAt reads the image id, in UTF-8, of the frame at a location
   */
  ImageNumbers(LongFunction<Piece> imageIdAt) {
    this.imageIdAt = imageIdAt;
  }

  /**
   * The number of the image that an entry speaks of; the next one if none did before.
   *
   * @param location of the entry's frame
   */
  int of(long location, IndexEntry entry) {
    long hash = entry.imageHash();
    int mask = slots.length - 1;
    int slot = (int) hash & mask;
    while (slots[slot] != FREE) {
      int image = (int) slots[slot];
      if ((slots[slot] ^ hash) >>> Integer.SIZE == 0
          && hash(image) == hash
          && encodedId(image).buffer().equals(entry.encodedImageId().buffer())) {
        return image;
      }
      slot = (slot + 1) & mask;
    }
    int image = images.add();
    images.set(image, HASH, hash);
    images.set(image, LOCATION, location);
    slots[slot] = slot(hash, image);
    // Three quarters: the table is smaller, so that more of it is in the processor's caches, and a
    // search still looks at neighbours only.
    if (images.size() > slots.length / 4 * 3) {
      grow();
    }
    return image;
  }

  /** How many there are. */
  int size() {
    return images.size();
  }

  /** Hash of an image's id. */
  long hash(int image) {
    return images.get(image, HASH);
  }

  String imageId(int image) {
    return encodedId(image).text();
  }

  private Piece encodedId(int image) {
    return imageIdAt.apply(images.get(image, LOCATION));
  }

  /** An image with the high half of its hash, by which most others are told apart. */
  private static long slot(long hash, int image) {
    return hash >>> Integer.SIZE << Integer.SIZE | image;
  }

  private void grow() {
    long[] larger = free(slots.length * 2);
    int mask = larger.length - 1;
    for (int image = 0; image < images.size(); image++) {
      long hash = hash(image);
      int slot = (int) hash & mask;
      while (larger[slot] != FREE) {
        slot = (slot + 1) & mask;
      }
      larger[slot] = slot(hash, image);
    }
    slots = larger;
  }

  private static long[] free(int size) {
    long[] slots = new long[size];
    Arrays.fill(slots, FREE);
    return slots;
  }
}
