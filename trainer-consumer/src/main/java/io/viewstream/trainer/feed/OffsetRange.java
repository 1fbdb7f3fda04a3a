package io.viewstream.trainer.feed;

/**
 * Part of a Kafka partition.
 *
 * @param begin first offset
 * @param end offset behind the last one
 */
public record OffsetRange(long begin, long end) {

  /** Checks that the range does not end before it begins. */
  public OffsetRange {
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException("No range of offsets: " + begin + " to " + end);
    }
  }

  /** Offsets in the range. */
  public long length() {
    return end - begin;
  }
}
