package io.viewstream.schemas;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 digests of encoded images, in the type that the records carry. */
public final class ContentDigest {
  private ContentDigest() {}

  /** Digest of the buffer's remaining bytes; its position does not move. */
  public static Sha256 of(ByteBuffer content) {
    MessageDigest digest = newDigest();
    digest.update(content.duplicate());
    return new Sha256(digest.digest());
  }

  /** A fresh SHA-256 digest, for content that is read in pieces. */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** The digest as 64 lower-case hexadecimal digits. */
  public static String hex(Sha256 sha256) {
    return HexFormat.of().formatHex(sha256.bytes());
  }
}
