package io.viewstream.trainer.feed.internal;

import java.util.Comparator;

/**
 * Sorts images by the hashes of their ids. Hashes are spread evenly, so each image is put at once
 * into a bucket that holds about one, and hardly anything is left to be sorted.
 *
 * @param hashes ascending
 * @param images in the same order
 */
@SuppressWarnings("ArrayRecordComponent") // Passed on and never compared.
record HashOrder(long[] hashes, int[] images) {

  /**
   * The given images in ascending order of their hashes.
   *
   * @param hashes of the images
   * @param images any numbers, as many
   * @param equals decides between images with the same hash
   */
  static HashOrder of(long[] hashes, int[] images, Comparator<Integer> equals) {
    int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(images.length));
    int[] ends = new int[(1 << bits) + 1];
    for (long hash : hashes) {
      ends[bucket(hash, bits) + 1]++;
    }
    for (int bucket = 1; bucket < ends.length; bucket++) {
      ends[bucket] += ends[bucket - 1];
    }
    HashOrder order = new HashOrder(new long[images.length], new int[images.length]);
    for (int i = 0; i < images.length; i++) {
      // Where a bucket begins moves to its end while it is filled.
      order.put(ends[bucket(hashes[i], bits)]++, hashes[i], images[i]);
    }
    for (int i = 1; i < images.length; i++) {
      order.insert(i, equals);
    }
    return order;
  }

  /** Moves one to its place among those before it. */
  private void insert(int at, Comparator<Integer> equals) {
    long hash = hashes[at];
    int image = images[at];
    int place = at;
    while (place > 0
        && (hash < hashes[place - 1]
            || (hash == hashes[place - 1] && equals.compare(image, images[place - 1]) < 0))) {
      put(place, hashes[place - 1], images[place - 1]);
      place--;
    }
    if (place < at) {
      put(place, hash, image);
    }
  }

  private void put(int place, long hash, int image) {
    hashes[place] = hash;
    images[place] = image;
  }

  /** The highest bits, so ordered that negative hashes come first. */
  private static int bucket(long hash, int bits) {
    return (int) ((hash ^ Long.MIN_VALUE) >>> (Long.SIZE - bits));
  }
}
