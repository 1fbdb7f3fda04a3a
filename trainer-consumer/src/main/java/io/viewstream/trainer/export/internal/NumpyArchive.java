package io.viewstream.trainer.export.internal;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes an npz file: a zip archive of arrays in NumPy's format 1.0, which {@code numpy.load} reads
 * without pickle. The same arrays make the same bytes.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">The
 *     format</a>
 */
final class NumpyArchive implements AutoCloseable {

  private static final int ALIGNMENT = 64;
  private static final int PREFIX_SIZE_BYTES = 10;

  private final ZipOutputStream zip;

  NumpyArchive(Path path) throws IOException {
    this.zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(path), 1 << 16));
    // Features hardly shrink, and readers are faster so.
    zip.setLevel(Deflater.NO_COMPRESSION);
  }

  /** A matrix of float32 whose values, little-endian, are a file. */
  void addFloats(String name, long rows, long columns, Path raw) throws IOException {
    begin(name, "<f4", "(%d, %d)".formatted(rows, columns));
    Files.copy(raw, zip);
    zip.closeEntry();
  }

  /** A row of int64. */
  void addIntegers(String name, long[] values) throws IOException {
    begin(name, "<i8", "(%d,)".formatted(values.length));
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      zip.write(bytes.putLong(0, value).array());
    }
    zip.closeEntry();
  }

  /** A row of texts, each in as many characters as the longest. */
  void addTexts(String name, List<String> texts) throws IOException {
    int longest = 1;
    for (String text : texts) {
      longest = Math.max(longest, text.codePointCount(0, text.length()));
    }
    begin(name, "<U" + longest, "(%d,)".formatted(texts.size()));
    for (String text : texts) {
      writeText(text, longest);
    }
    zip.closeEntry();
  }

  /** One text, an array of rank 0. */
  void addText(String name, String text) throws IOException {
    int length = Math.max(1, text.codePointCount(0, text.length()));
    begin(name, "<U" + length, "()");
    writeText(text, length);
    zip.closeEntry();
  }

  /** Four bytes for each character, zeros behind the last. */
  private void writeText(String text, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    text.codePoints().forEach(bytes::putInt);
    zip.write(bytes.array());
  }

  private void begin(String name, String type, String shape) throws IOException {
    ZipEntry entry = new ZipEntry(name + ".npy");
    entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
    zip.putNextEntry(entry);
    writeHeader(
        zip, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }".formatted(type, shape));
  }

  private static void writeHeader(OutputStream output, String description) throws IOException {
    int unpadded = PREFIX_SIZE_BYTES + description.length() + 1;
    int blanks = (ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT;
    byte[] header = (description + " ".repeat(blanks) + "\n").getBytes(StandardCharsets.US_ASCII);
    ByteBuffer prefix = ByteBuffer.allocate(PREFIX_SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    prefix.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    prefix.put((byte) 1).put((byte) 0).putShort((short) header.length);
    output.write(prefix.array());
    output.write(header);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
