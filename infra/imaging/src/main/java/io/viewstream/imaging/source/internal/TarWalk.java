package io.viewstream.imaging.source.internal;

import io.viewstream.imaging.source.SourceEntry.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks a tar archive from front to back without unpacking it. A found file's content is a stream
 * that is valid until the next step, and need not be read: what is not read is jumped over. Used by
 * one thread.
 *
 * <p>Our own, since the usual library's reading took more than half of the time of ingesting small
 * images: it makes some forty values of each header, and reads what it skips.
 */
final class TarWalk implements AutoCloseable {
  /** For reading all there is. */
  static final int READING_BUFFER_BYTES = 256 * 1024;

  /** For headers alone: a read fetches those of some small files, or little more than one. */
  static final int SCANNING_BUFFER_BYTES = 16 * 1024;

  /** Names and extended headers beyond this are damage. */
  private static final int MAX_EXTENSION_BYTES = 1024 * 1024;

  private final Path archive;
  private final TarInput input;
  private final byte[] block = new byte[TarHeader.BYTES];
  private PaxRecords global = PaxRecords.NONE;
  private long nextHeader;
  private long entries;
  private long hidden;
  private String last = "";

  /** A file's content within the archive. */
  record Content(InputStream stream, long sizeBytes) {}

  /** An entry with everything that was said of it in front of it. */
  private record Entry(String name, TarHeader header, long sizeBytes, boolean sparse) {
    boolean isDirectory() {
      return header.type() == TarHeader.DIRECTORY || name.endsWith("/");
    }
  }

  TarWalk(Path archive, int bufferBytes) throws IOException {
    this.archive = archive;
    try {
      this.input = new TarInput(archive, bufferBytes);
    } catch (IOException e) {
      throw new IOException(archive + " " + FolderWalk.explain(e), e);
    }
  }

  long hidden() {
    return hidden;
  }

  /**
   * The next file.
   *
   * @throws IOException when the archive is truncated, damaged or none at all
   */
  Optional<Found<Content>> next() throws IOException {
    for (Entry entry = nextEntry(); entry != null; entry = nextEntry()) {
      entries++;
      last = entry.name();
      if (entry.isDirectory()) {
        continue;
      }
      switch (EntryPath.parse(entry.name())) {
        case EntryPath.Parsed.Illegal(String message) -> {
          return Optional.of(Found.refused(entry.name(), Reason.PATH, message));
        }
        case EntryPath.Parsed.Legal(EntryPath path) when path.hidden() -> hidden++;
        case EntryPath.Parsed.Legal(EntryPath path) -> {
          return Optional.of(visit(entry, path));
        }
      }
    }
    return Optional.empty();
  }

  private Found<Content> visit(Entry entry, EntryPath path) {
    byte type = entry.header().type();
    if (type == TarHeader.SYMBOLIC_LINK || type == TarHeader.HARD_LINK) {
      return Found.refused(
          path.toString(), Reason.NO_FILE, "link; links in an archive are not followed");
    }
    // A sparse file of a few bytes can claim to be endless.
    boolean plain =
        type == TarHeader.PLAIN || type == TarHeader.PLAIN_V7 || type == TarHeader.CONTIGUOUS;
    if (!plain || entry.sparse()) {
      return Found.refused(
          path.toString(), Reason.NO_FILE, "not a plain file (a device, a pipe or a sparse file)");
    }
    return new Found.File<>(
        path, new Content(new ContentStream(entry.sizeBytes()), entry.sizeBytes()));
  }

  private @Nullable Entry nextEntry() throws IOException {
    try {
      return readEntry();
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /** The next entry, behind the headers that only say something of it; null at the end. */
  private @Nullable Entry readEntry() throws IOException {
    String longName = null;
    PaxRecords pax = global;
    for (TarHeader header = readHeader(); header != null; header = readHeader()) {
      switch (header.type()) {
        case TarHeader.GNU_LONG_NAME -> {
          byte[] name = readExtension(header);
          longName = TarHeader.text(name, 0, name.length);
        }
        case TarHeader.GNU_LONG_LINK -> readExtension(header);
        case TarHeader.PAX, TarHeader.PAX_OF_SUN ->
            pax = PaxRecords.parse(readExtension(header), pax);
        case TarHeader.PAX_GLOBAL -> {
          global = PaxRecords.parse(readExtension(header), global);
          pax = global;
        }
        default -> {
          String name = pax.path().orElse(Objects.requireNonNullElse(longName, header.name()));
          long size = pax.sizeBytes().orElse(header.sizeBytes());
          Entry entry =
              new Entry(name, header, size, pax.sparse() || header.type() == TarHeader.GNU_SPARSE);
          skipSparseMap(header);
          // A directory's size is a limit on what it may hold, if anything.
          endOfData(entry.isDirectory() ? 0 : size);
          return entry;
        }
      }
    }
    return null;
  }

  private @Nullable TarHeader readHeader() throws IOException {
    input.skipTo(nextHeader);
    int read = input.read(block, 0, TarHeader.BYTES);
    if (read == 0 && nextHeader > 0) {
      // Without the end's mark, as some programs leave it.
      return null;
    }
    if (read == 0) {
      throw new EOFException("it is empty");
    }
    if (read < TarHeader.BYTES) {
      throw new EOFException("it ends after " + (nextHeader + read) + " bytes, within a header");
    }
    if (TarHeader.isEnd(block)) {
      return null;
    }
    TarHeader header = TarHeader.parse(block);
    endOfData(header.sizeBytes());
    return header;
  }

  /** Data are followed by zeros up to a whole number of blocks. */
  private void endOfData(long sizeBytes) throws IOException {
    long blocks = sizeBytes / TarHeader.BYTES + (sizeBytes % TarHeader.BYTES == 0 ? 0 : 1);
    if (blocks > Long.MAX_VALUE / (2 * TarHeader.BYTES)) {
      throw new IOException("an entry of " + sizeBytes + " bytes");
    }
    nextHeader = input.position() + blocks * TarHeader.BYTES;
  }

  private byte[] readExtension(TarHeader header) throws IOException {
    if (header.sizeBytes() > MAX_EXTENSION_BYTES) {
      throw new IOException("an extended header of " + header.sizeBytes() + " bytes");
    }
    byte[] content = new byte[(int) header.sizeBytes()];
    int read = input.read(content, 0, content.length);
    if (read < content.length) {
      throw new EOFException("it ends after " + input.size() + " bytes, within a header");
    }
    return content;
  }

  private void skipSparseMap(TarHeader header) throws IOException {
    boolean more = header.extended();
    while (more) {
      if (input.read(block, 0, TarHeader.BYTES) < TarHeader.BYTES) {
        throw new EOFException("it ends after " + input.size() + " bytes, within a header");
      }
      more = TarHeader.extensionExtended(block);
    }
  }

  /** The failure of reading the archive, with its name and how far it could be read. */
  IOException damaged(Exception e) {
    return new IOException(
        entries == 0
            ? archive + noArchive(e)
            : "%s is truncated or damaged behind its entry %d (%s): %s"
                .formatted(archive, entries, EntryPath.printable(last), e.getMessage()),
        e);
  }

  private static String noArchive(Exception e) {
    String cutOff = e instanceof EOFException ? " or is cut off (" + e.getMessage() + ")" : "";
    return " is no tar archive" + cutOff + "; a compressed one must be decompressed first";
  }

  @Override
  public void close() throws IOException {
    input.close();
  }

  /** One entry's data. An archive that ends within them is a failure, not the stream's end. */
  private final class ContentStream extends InputStream {
    private long remaining;

    ContentStream(long sizeBytes) {
      this.remaining = sizeBytes;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, target.length);
      if (length == 0 || remaining == 0) {
        return length == 0 ? 0 : -1;
      }
      int wanted = (int) Math.min(length, remaining);
      int read = input.read(target, offset, wanted);
      remaining -= read;
      if (read < wanted) {
        throw truncated();
      }
      return read;
    }

    /** In one piece: the usual implementation joins small ones. */
    @Override
    public byte[] readNBytes(int length) throws IOException {
      int wanted = (int) Math.min(length, remaining);
      if (!input.reaches(input.position() + wanted)) {
        throw truncated();
      }
      byte[] content = new byte[wanted];
      readNBytes(content, 0, wanted);
      return content;
    }

    private EOFException truncated() throws IOException {
      return new EOFException("it ends after " + input.size() + " bytes, within an entry");
    }
  }
}
