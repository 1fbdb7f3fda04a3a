package io.viewstream.trainer.feed;

import io.viewstream.kafka.ConnectionSettings;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a pool reads from and keeps what it read.
 *
 * @param connection cluster and registry
 * @param cacheDirectory folder of the local cache; kept between runs, used by one pool at a time
 * @param cacheBytes how many bytes of records the cache may hold; files are made larger than what
 *     is in them, by up to one segment for each topic
 * @param viewsFrom names of the runs whose views count, or empty for the only one there is
 * @param groupId consumer group to which offsets are committed, so that the lag can be watched
 * @param allowRetention accept topics that lose records by age or size
 * @param realOnly whether no run is needed where none is named, because no view is wanted
 */
public record ViewPoolSettings(
    ConnectionSettings connection,
    Path cacheDirectory,
    long cacheBytes,
    List<String> viewsFrom,
    String groupId,
    boolean allowRetention,
    boolean realOnly) {

  /** Consumer group of trainers, unless another one is named. */
  public static final String DEFAULT_GROUP_ID = "viewstream-train";

  /** Size of the cache, unless another one is given: 16 GiB. */
  public static final long DEFAULT_CACHE_BYTES = 16L << 30;

  /** Copies the list and checks the size. */
  public ViewPoolSettings {
    viewsFrom = List.copyOf(viewsFrom);
    if (cacheBytes < 1) {
      throw new IllegalArgumentException("Cache of " + cacheBytes + " bytes; it must be positive");
    }
    if (groupId.isBlank()) {
      throw new IllegalArgumentException("The consumer group needs a name");
    }
  }

  /** The defaults for everything but the connection and the folder. */
  public static ViewPoolSettings of(ConnectionSettings connection, Path cacheDirectory) {
    return new ViewPoolSettings(
        connection, cacheDirectory, DEFAULT_CACHE_BYTES, List.of(), DEFAULT_GROUP_ID, false, false);
  }

  /** The same with another size of the cache. */
  public ViewPoolSettings withCacheBytes(long bytes) {
    return new ViewPoolSettings(
        connection, cacheDirectory, bytes, viewsFrom, groupId, allowRetention, realOnly);
  }

  /** The same, accepting topics that lose records or not. */
  public ViewPoolSettings withAllowRetention(boolean allow) {
    return new ViewPoolSettings(
        connection, cacheDirectory, cacheBytes, viewsFrom, groupId, allow, realOnly);
  }

  /** The same, wanting views or not. */
  public ViewPoolSettings withRealOnly(boolean only) {
    return new ViewPoolSettings(
        connection, cacheDirectory, cacheBytes, viewsFrom, groupId, allowRetention, only);
  }

  /** The same with other runs. */
  public ViewPoolSettings withViewsFrom(List<String> runs) {
    return new ViewPoolSettings(
        connection, cacheDirectory, cacheBytes, runs, groupId, allowRetention, realOnly);
  }
}
