package io.viewstream.producer.internal;

import io.viewstream.schemas.ContentDigest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The image ids that a run has met, as the first 128 bits of their SHA-256: 32 to 64 bytes an id in
 * a table that is a quarter to half full, where a set of strings would take over 150. Two ids of
 * 10⁹ share theirs with a probability of 10⁻²¹. An open-addressing table with linear probing. Used
 * by one thread.
 */
public final class ImageIdSet {
  private static final int FIRST_CAPACITY = 1 << 10;

  private final MessageDigest digest = ContentDigest.newDigest();
  // Pairs of longs; a pair of zeros is free, which no digest will be. Both change when it grows.
  private long[] table = new long[2 * FIRST_CAPACITY];
  private int size;

  /** Adds an id; false when it was there already. */
  public boolean add(String imageId) {
    ByteBuffer hash = ByteBuffer.wrap(digest.digest(imageId.getBytes(StandardCharsets.UTF_8)));
    if (4 * (size + 1) > table.length) {
      grow();
    }
    if (!insert(table, hash.getLong(), hash.getLong())) {
      return false;
    }
    size++;
    return true;
  }

  /** How many ids there are. */
  public int size() {
    return size;
  }

  private void grow() {
    long[] larger = new long[Math.multiplyExact(table.length, 2)];
    for (int i = 0; i < table.length; i += 2) {
      if (table[i] != 0 || table[i + 1] != 0) {
        insert(larger, table[i], table[i + 1]);
      }
    }
    table = larger;
  }

  private static boolean insert(long[] table, long first, long second) {
    int mask = table.length - 1;
    for (int i = (int) first << 1 & mask; ; i = i + 2 & mask) {
      if (table[i] == first && table[i + 1] == second) {
        return false;
      }
      if (table[i] == 0 && table[i + 1] == 0) {
        table[i] = first;
        table[i + 1] = second;
        return true;
      }
    }
  }
}
