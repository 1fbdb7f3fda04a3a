package io.viewstream.imaging.source.internal;

import io.viewstream.imaging.source.SourceEntry.Reason;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Walks a tar archive from front to back without unpacking it. A found file's content is a stream
 * that is valid until the next step, and need not be read. Used by one thread.
 */
final class TarWalk implements AutoCloseable {
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final int RECORD_BYTES = 512;
  private static final Set<Byte> PLAIN_FILES =
      Set.of(TarConstants.LF_OLDNORM, TarConstants.LF_NORMAL, TarConstants.LF_CONTIG);

  private final Path archive;
  private final TarArchiveInputStream stream;
  private long entries;
  private long hidden;
  private String last = "";

  /** A file's content within the archive. */
  record Content(InputStream stream, long sizeBytes) {}

  TarWalk(Path archive) throws IOException {
    this.archive = archive;
    this.stream = open(archive);
  }

  private static TarArchiveInputStream open(Path archive) throws IOException {
    try {
      return new TarArchiveInputStream(
          new BufferedInputStream(Files.newInputStream(archive), BUFFER_BYTES),
          StandardCharsets.UTF_8.name());
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
    for (TarArchiveEntry entry = nextEntry(); entry != null; entry = nextEntry()) {
      entries++;
      last = EntryPath.printable(entry.getName());
      if (entry.isDirectory()) {
        continue;
      }
      switch (EntryPath.parse(entry.getName())) {
        case EntryPath.Parsed.Illegal(String message) -> {
          return Optional.of(Found.refused(entry.getName(), Reason.PATH, message));
        }
        case EntryPath.Parsed.Legal(EntryPath path) when path.hidden() -> hidden++;
        case EntryPath.Parsed.Legal(EntryPath path) -> {
          return Optional.of(visit(entry, path));
        }
      }
    }
    return Optional.empty();
  }

  private Found<Content> visit(TarArchiveEntry entry, EntryPath path) {
    if (entry.isSymbolicLink() || entry.isLink()) {
      return Found.refused(
          path.toString(), Reason.NO_FILE, "link; links in an archive are not followed");
    }
    // A sparse file of a few bytes can claim to be endless.
    if (!PLAIN_FILES.contains(entry.getLinkFlag()) || entry.isSparse()) {
      return Found.refused(
          path.toString(), Reason.NO_FILE, "not a plain file (a device, a pipe or a sparse file)");
    }
    return new Found.File<>(path, new Content(stream, entry.getSize()));
  }

  private TarArchiveEntry nextEntry() throws IOException {
    try {
      TarArchiveEntry entry = stream.getNextEntry();
      if (entry != null && !entry.isCheckSumOK()) {
        throw new IOException("wrong checksum of a header");
      }
      // The library takes a header that is cut off, and a file too short for one, for the end.
      if (entry == null && (read() == 0 || read() % RECORD_BYTES != 0)) {
        throw new IOException("it ends after " + read() + " bytes, within a header");
      }
      return entry;
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(e);
    }
  }

  private long read() {
    return stream.getBytesRead();
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
}
