package io.viewstream.trainer.feed.internal;

import java.util.Comparator;
import java.util.function.IntToLongFunction;

/**
 * Sorts images by the hashes of their ids. Hashes are spread evenly, so each image is put at once
 * into a bucket that holds about one, and hardly anything is left to be sorted.
 */
final class HashOrder {

  private HashOrder() {}

  /**
   * The same numbers in ascending order of their hashes.
   *
   * @param images in any order
   * @param hash of an image
   * @param equals decides between images with the same hash
   */
  static int[] sorted(int[] images, IntToLongFunction hash, Comparator<Integer> equals) {
    int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(images.length));
    int[] ends = new int[(1 << bits) + 1];
    for (int image : images) {
      ends[bucket(hash.applyAsLong(image), bits) + 1]++;
    }
    for (int bucket = 1; bucket < ends.length; bucket++) {
      ends[bucket] += ends[bucket - 1];
    }
    int[] sorted = new int[images.length];
    for (int image : images) {
      // Where a bucket begins moves to its end while it is filled.
      sorted[ends[bucket(hash.applyAsLong(image), bits)]++] = image;
    }
    for (int i = 1; i < sorted.length; i++) {
      int image = sorted[i];
      int place = i;
      while (place > 0 && isBefore(image, sorted[place - 1], hash, equals)) {
        sorted[place] = sorted[place - 1];
        place--;
      }
      sorted[place] = image;
    }
    return sorted;
  }

  private static boolean isBefore(
      int image, int other, IntToLongFunction hash, Comparator<Integer> equals) {
    int byHash = Long.compare(hash.applyAsLong(image), hash.applyAsLong(other));
    return byHash < 0 || (byHash == 0 && equals.compare(image, other) < 0);
  }

  /** The highest bits, so ordered that negative hashes come first. */
  private static int bucket(long hash, int bits) {
    return (int) ((hash ^ Long.MIN_VALUE) >>> (Long.SIZE - bits));
  }
}
