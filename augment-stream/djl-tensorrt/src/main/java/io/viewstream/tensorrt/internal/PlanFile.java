package io.viewstream.tensorrt.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A plan in a file: 4,096 bytes that say in plain text what it is, then TensorRT's own bytes. The
 * text holds the length and SHA-256 of those, so that a damaged plan never reaches TensorRT, which
 * does not promise to survive it.
 *
 * @param path of the file
 * @param sha256 of the plan without the header
 */
public record PlanFile(Path path, String sha256) {

  /** Where TensorRT's bytes begin: a multiple of the page size, so that they can be mapped. */
  public static final int HEADER_BYTES = 4_096;

  private static final String MAGIC = "viewstream TensorRT plan 1\n";

  /** A file that is not the plan it should be. The message says why, without the file's name. */
  static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
      super(message);
    }
  }

  /** Bytes of the plan without the header. */
  long sizeBytes() throws IOException {
    return Files.size(path) - HEADER_BYTES;
  }

  /**
   * Reads the header and checks every byte.
   *
   * @throws DamagedException the file is no whole plan for this key
   */
  static PlanFile open(Path path, PlanKey key) throws IOException {
    byte[] header = new byte[HEADER_BYTES];
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.wrap(header);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
      if (buffer.hasRemaining()) {
        throw new DamagedException("it ends inside its header");
      }
    }
    String text = new String(header, StandardCharsets.UTF_8);
    if (!text.startsWith(MAGIC)) {
      throw new DamagedException("it is no plan of this program");
    }
    long size = Files.size(path) - HEADER_BYTES;
    String sha256 = Sha256.of(path, HEADER_BYTES);
    if (!text.equals(header(key, size, sha256))) {
      throw new DamagedException(
          text.startsWith(MAGIC + key.text())
              ? "its bytes are not those that were written"
              : "it was made from something else");
    }
    return new PlanFile(path, sha256);
  }

  /**
   * Fills in the header of a file whose first {@link #HEADER_BYTES} are free, and makes it durable.
   */
  static PlanFile seal(Path path, PlanKey key, long sizeBytes, String sha256) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      ByteBuffer header =
          ByteBuffer.wrap(header(key, sizeBytes, sha256).getBytes(StandardCharsets.UTF_8));
      while (header.hasRemaining()) {
        channel.write(header, header.position());
      }
      channel.force(true);
    }
    return new PlanFile(path, sha256);
  }

  private static String header(PlanKey key, long sizeBytes, String sha256) {
    String text = MAGIC + key.text() + "bytes=%d\nsha256=%s\n".formatted(sizeBytes, sha256);
    int missing = HEADER_BYTES - text.getBytes(StandardCharsets.UTF_8).length;
    if (missing < 0) {
      throw new IllegalArgumentException("A plan's key is too long: " + key);
    }
    return text + "\n".repeat(missing);
  }
}
