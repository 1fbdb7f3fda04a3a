package io.viewstream.generators;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The seed of one view: the first 8 bytes of the SHA-256 over everything that names the view. It
 * depends neither on batch nor order nor shard, so any view can be made again on its own.
 *
 * <p>Every component enters the digest as a 4-byte length and its bytes: texts as UTF-8, {@code
 * runSeed} as 8 and the two numbers as 4 bytes, all big-endian. The lengths keep ("a", "bc") and
 * ("ab", "c") apart.
 *
 * @param runSeed of the generation run
 * @param imageId of the source image
 * @param sourceSha256 of the encoded source, 32 bytes; not to be modified
 * @param generatorId see {@link GeneratorDescription#id()}
 * @param generatorVersion see {@link GeneratorDescription#version()}
 * @param viewIndex from 0
 * @param attempt from 0; counts the tries at this view
 */
@SuppressWarnings("ArrayRecordComponent") // read once, to compute the value
public record ViewSeed(
    long runSeed,
    String imageId,
    byte[] sourceSha256,
    String generatorId,
    String generatorVersion,
    int viewIndex,
    int attempt) {

  private static final int SHA256_BYTES = 32;

  public ViewSeed {
    if (sourceSha256.length != SHA256_BYTES) {
      throw new IllegalArgumentException(
          "SHA-256 of image " + imageId + " has " + sourceSha256.length + " bytes, must have 32");
    }
    if (viewIndex < 0 || attempt < 0) {
      throw new IllegalArgumentException(
          "View index " + viewIndex + " and attempt " + attempt + " must not be negative");
    }
  }

  /** The seed. */
  public long value() {
    MessageDigest digest = sha256();
    update(digest, ByteBuffer.allocate(Long.BYTES).putLong(runSeed).array());
    update(digest, imageId.getBytes(StandardCharsets.UTF_8));
    update(digest, sourceSha256);
    update(digest, generatorId.getBytes(StandardCharsets.UTF_8));
    update(digest, generatorVersion.getBytes(StandardCharsets.UTF_8));
    update(digest, ByteBuffer.allocate(Integer.BYTES).putInt(viewIndex).array());
    update(digest, ByteBuffer.allocate(Integer.BYTES).putInt(attempt).array());
    return ByteBuffer.wrap(digest.digest()).getLong();
  }

  private static void update(MessageDigest digest, byte[] component) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(component.length).array());
    digest.update(component);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256, this one does not", e);
    }
  }
}
