package io.viewstream.imaging.source.internal;

import java.util.OptionalLong;

/** Takes so many of a known number of things, evenly spread over them. Used by one thread. */
final class EvenSpread {
  private final long taken;
  private final long available;
  private long index;

  EvenSpread(long available, OptionalLong limit) {
    this.available = available;
    this.taken = Math.min(available, limit.orElse(available));
  }

  /** How many are taken in all. */
  long taken() {
    return taken;
  }

  /** Whether the next thing is taken; things beyond the known number are not. */
  boolean takesNext() {
    long i = index++;
    return i < available && share(i + 1) > share(i);
  }

  private long share(long i) {
    // Exact for any counts that files can have; the product may pass 63 bits for no real source.
    return Math.multiplyExact(i, taken) / available;
  }
}
