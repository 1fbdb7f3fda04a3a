package io.viewstream.trainer.feed.internal;

import io.viewstream.schemas.Topic;
import io.viewstream.trainer.feed.internal.PoolStore.TopicIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;

/** Stores without a cluster, for tests, and records to put into them. */
public final class PoolStores {

  /** The cluster they pretend to be of. */
  public static final String CLUSTER = "test-cluster";

  private PoolStores() {}

  /** A store of topics with that many partitions. */
  public static PoolStore open(Path directory, int partitions) {
    return open(directory, partitions, 1 << 16);
  }

  static PoolStore open(Path directory, int partitions, int segmentBytes) {
    try {
      return PoolStore.open(
          directory,
          CLUSTER,
          Map.of(
              Topic.SOURCE_IMAGES, new TopicIdentity("source-images", "sources-id", partitions),
              Topic.SYNTHETIC_VIEWS, new TopicIdentity("synthetic-views", "views-id", partitions),
              Topic.DEAD_LETTERS, new TopicIdentity("dead-letters", "letters-id", partitions)),
          segmentBytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Digest of some content. */
  public static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A source record whose content is a text. */
  public static PoolRecord source(int partition, long offset, String imageId, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return PoolRecord.source(
        partition, offset, imageId, sha256(bytes), null, 4, 3, ByteBuffer.wrap(bytes));
  }

  /** A view of a source whose content is a text. */
  public static PoolRecord view(
      int partition, long offset, String imageId, String sourceContent, String run, int index) {
    byte[] source = sourceContent.getBytes(StandardCharsets.UTF_8);
    byte[] bytes =
        (sourceContent + "/" + run + "/" + index + "@" + partition + "-" + offset)
            .getBytes(StandardCharsets.UTF_8);
    return PoolRecord.view(
        partition, offset, imageId, sha256(source), run, index, 4, 3, ByteBuffer.wrap(bytes));
  }

  /** The content of a stored image as a text. */
  public static String text(ByteBuffer content) {
    return StandardCharsets.UTF_8.decode(content).toString();
  }
}
