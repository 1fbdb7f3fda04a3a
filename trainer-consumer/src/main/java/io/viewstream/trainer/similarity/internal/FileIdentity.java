package io.viewstream.trainer.similarity.internal;

import io.viewstream.kafka.command.Reason;
import io.viewstream.schemas.ContentDigest;
import io.viewstream.trainer.similarity.SimilarityException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;

/**
 * A file, and what it held.
 *
 * @param path of the file
 * @param sizeBytes of its content
 * @param sha256 of its content, 64 small hexadecimal digits
 */
public record FileIdentity(Path path, long sizeBytes, String sha256) {

  /**
   * Reads a file.
   *
   * @throws SimilarityException if it cannot be read
   */
  public static FileIdentity of(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new SimilarityException("There is no file " + path);
    }
    MessageDigest digest = ContentDigest.newDigest();
    try (InputStream content = new DigestInputStream(Files.newInputStream(path), digest)) {
      long size = content.transferTo(OutputStream.nullOutputStream());
      return new FileIdentity(path, size, HexFormat.of().formatHex(digest.digest()));
    } catch (IOException e) {
      throw new SimilarityException("Cannot read " + path + ": " + Reason.of(e), e);
    }
  }

  /** As reports hold it. */
  public Map<String, Object> toMap() {
    return Map.of("file", path.toString(), "sizeBytes", sizeBytes, "sha256", sha256);
  }
}
