package io.viewstream.imaging.source.internal;

import io.viewstream.imaging.source.SourceEntry.Reason;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks a tar archive from front to back without unpacking it. A found file's content is a stream
 * that is valid until the next step, and need not be read: what is not read is skipped by moving
 * the file's position. (Libraries read it instead, so that counting the files of a large archive
 * takes as long as ingesting them, or keep all headers in memory.) Understands ustar, GNU and pax
 * archives. Used by one thread.
 */
final class TarWalk implements AutoCloseable {
  /** For walks that read the contents. */
  static final int READING_BUFFER_BYTES = 256 * 1024;

  /** For walks that skip the contents: what was read ahead and then skipped was read in vain. */
  static final int SKIPPING_BUFFER_BYTES = 8 * 1024;

  /** Longest name or extended header that is taken into memory. */
  private static final int MAX_EXTENSION_BYTES = 1024 * 1024;

  private final Path archive;
  private final InputStream stream;
  private final byte[] record = new byte[TarHeader.RECORD_BYTES];
  private final Remaining remaining = new Remaining();
  private long padding;
  private long position;
  private long entries;
  private long hidden;
  private String last = "";

  /** A file's content within the archive. */
  record Content(InputStream stream, long sizeBytes) {}

  /** An entry with what its extended headers say. */
  private record Entry(String name, char type, boolean sparse) {}

  TarWalk(Path archive, int bufferBytes) throws IOException {
    this.archive = archive;
    try {
      this.stream = new BufferedInputStream(Files.newInputStream(archive), bufferBytes);
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
      last = EntryPath.printable(entry.name());
      // Folders, GNU's lists of them, and the archive's own name.
      if ("5DV".indexOf(entry.type()) >= 0 || entry.name().endsWith("/")) {
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
    if (entry.type() == '1' || entry.type() == '2') {
      return Found.refused(
          path.toString(), Reason.NO_FILE, "link; links in an archive are not followed");
    }
    // A sparse file of a few bytes can claim to be endless.
    if ((entry.type() != '0' && entry.type() != '7') || entry.sparse()) {
      return Found.refused(
          path.toString(), Reason.NO_FILE, "not a plain file (a device, a pipe or a sparse file)");
    }
    return new Found.File<>(path, new Content(remaining, remaining.bytes));
  }

  private @Nullable Entry nextEntry() throws IOException {
    try {
      String longName = null;
      Map<String, String> pax = Map.of();
      while (true) {
        TarHeader header = nextHeader();
        if (header == null) {
          return null;
        }
        switch (header.type()) {
          case 'x' -> pax = PaxRecords.parse(extension());
          case 'L' -> {
            byte[] name = extension();
            longName = TarHeader.text(name, 0, name.length);
          }
          case 'g', 'K' -> {
            // Says nothing about a file that we use.
          }
          default -> {
            enter(header, pax);
            String name = pax.getOrDefault("path", longName == null ? header.name() : longName);
            boolean sparse =
                header.type() == 'S'
                    || pax.keySet().stream().anyMatch(key -> key.startsWith("GNU.sparse."));
            return new Entry(name, header.type(), sparse);
          }
        }
      }
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /** Skips what is left of the last content and reads one header; null at the end. */
  private @Nullable TarHeader nextHeader() throws IOException {
    skip(remaining.bytes + padding);
    remaining.bytes = 0;
    padding = 0;
    if (!readRecord()) {
      if (position == 0) {
        throw new IOException("it is empty");
      }
      // Some programs leave the end mark out.
      return null;
    }
    if (TarHeader.isEnd(record)) {
      return null;
    }
    TarHeader header = TarHeader.parse(record);
    boolean extended = header.extended();
    while (extended) {
      if (!readRecord()) {
        throw ends("within a header");
      }
      extended = record[504] != 0;
    }
    enter(header, Map.of());
    return header;
  }

  /** Takes the content of an entry to be what comes next. */
  private void enter(TarHeader header, Map<String, String> pax) throws IOException {
    long size = header.sizeBytes();
    if (pax.containsKey("size")) {
      try {
        size = Long.parseLong(pax.get("size"));
      } catch (NumberFormatException e) {
        throw new IOException("extended header with a malformed size", e);
      }
    }
    // Links, devices and folders have no content, whatever their size says.
    if ("23456".indexOf(header.type()) >= 0) {
      size = 0;
    }
    if (size < 0 || size > Long.MAX_VALUE - TarHeader.RECORD_BYTES - position) {
      throw new IOException("entry of an impossible size (" + size + " bytes)");
    }
    remaining.bytes = size;
    padding = -size & (TarHeader.RECORD_BYTES - 1);
  }

  private byte[] extension() throws IOException {
    if (remaining.bytes > MAX_EXTENSION_BYTES) {
      throw new IOException(
          "extended header of %d bytes; the limit is %d"
              .formatted(remaining.bytes, MAX_EXTENSION_BYTES));
    }
    return remaining.readNBytes((int) remaining.bytes);
  }

  private boolean readRecord() throws IOException {
    int read = stream.readNBytes(record, 0, record.length);
    position += read;
    if (read > 0 && read < record.length) {
      throw ends("within a header");
    }
    return read > 0;
  }

  private void skip(long bytes) throws IOException {
    try {
      stream.skipNBytes(bytes);
      position += bytes;
    } catch (EOFException e) {
      throw ends("within the content of its last entry");
    }
  }

  private static IOException ends(String where) {
    return new EOFException("it ends " + where);
  }

  /** The failure of reading the archive, with its name and how far it could be read. */
  IOException damaged(Exception e) {
    return new IOException(
        entries == 0
            ? archive + " is no tar archive; a compressed one must be decompressed first"
            : "%s is truncated or damaged behind its entry %d (%s): %s"
                .formatted(archive, entries, last, e.getMessage()),
        e);
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }

  /** The current entry's content as far as it is not read. */
  private final class Remaining extends InputStream {
    private long bytes;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (bytes == 0) {
        return -1;
      }
      int read = stream.read(target, offset, (int) Math.min(length, bytes));
      if (read < 0) {
        throw ends("within the content of its last entry");
      }
      bytes -= read;
      position += read;
      return read;
    }
  }
}
