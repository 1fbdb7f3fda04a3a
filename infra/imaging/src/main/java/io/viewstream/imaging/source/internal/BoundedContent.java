package io.viewstream.imaging.source.internal;

import io.viewstream.imaging.source.SourceEntry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/** Reads a file whole if it is small enough, else only its start and its digest. */
final class BoundedContent {
  private static final int PIECE_BYTES = 256 * 1024;

  private BoundedContent() {}

  /** A file's path and label, as its source found them. */
  record Name(String path, Optional<String> label) {}

  /**
   * Reads a stream to its end.
   *
   * @param size size that the source states; a file may have grown or shrunk since
   * @param maxBytes limit on the size, in bytes
   */
  static SourceEntry read(InputStream stream, long size, int maxBytes, Name name)
      throws IOException {
    if (size <= maxBytes) {
      byte[] content = stream.readNBytes(Math.toIntExact(size));
      int more = content.length < size ? -1 : stream.read();
      if (more < 0) {
        return new SourceEntry.ImageFile(name.path(), name.label(), ByteBuffer.wrap(content));
      }
      byte[] start = Arrays.copyOf(content, content.length + 1);
      start[content.length] = (byte) more;
      return tooLarge(start, stream, maxBytes, name);
    }
    return tooLarge(stream.readNBytes(SourceEntry.REJECTED_START_BYTES), stream, maxBytes, name);
  }

  private static SourceEntry tooLarge(byte[] start, InputStream rest, int maxBytes, Name name)
      throws IOException {
    MessageDigest digest = sha256();
    digest.update(start);
    long size = start.length;
    byte[] piece = new byte[PIECE_BYTES];
    for (int read = rest.read(piece); read >= 0; read = rest.read(piece)) {
      digest.update(piece, 0, read);
      size += read;
    }
    if (size <= maxBytes) {
      throw new IOException("it shrank from more than " + maxBytes + " bytes to " + size);
    }
    return new SourceEntry.RejectedFile(
        name.path(),
        SourceEntry.Reason.TOO_LARGE,
        "%d bytes; the limit on an image's size is %d".formatted(size, maxBytes),
        ByteBuffer.wrap(start, 0, Math.min(start.length, SourceEntry.REJECTED_START_BYTES)),
        size,
        Optional.of(ByteBuffer.wrap(digest.digest())));
  }

  /** An entry for a file of which nothing is known but what is wrong with it. */
  static SourceEntry rejected(String path, SourceEntry.Reason reason, String message) {
    return new SourceEntry.RejectedFile(
        path, reason, message, ByteBuffer.allocate(0), -1, Optional.empty());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
