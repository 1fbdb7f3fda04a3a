package io.viewstream.imaging.source;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Folders and archives made for tests, and what a source makes of them. */
final class SourceFiles {
  private SourceFiles() {}

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(ByteBuffer content) {
    return StandardCharsets.UTF_8.decode(content.duplicate()).toString();
  }

  static Path folder(Path root, Map<String, String> files) throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = root.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, bytes(file.getValue()));
    }
    return root;
  }

  /** An archive of files in the map's order; their contents are the text. */
  static Path tar(Path archive, Map<String, String> files) throws IOException {
    try (TarArchiveOutputStream tar = open(archive)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        put(tar, file.getKey(), bytes(file.getValue()));
      }
    }
    return archive;
  }

  static TarArchiveOutputStream open(Path archive) throws IOException {
    OutputStream stream = Files.newOutputStream(archive);
    TarArchiveOutputStream tar = new TarArchiveOutputStream(stream, "UTF-8");
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    return tar;
  }

  static void put(TarArchiveOutputStream tar, String path, byte[] content) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(path, true);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  static List<SourceEntry> read(ImageSource source) throws IOException {
    List<SourceEntry> entries = new ArrayList<>();
    try (SourceReader reader = source.open()) {
      reader.next().ifPresent(entries::add);
      int before;
      do {
        before = entries.size();
        reader.next().ifPresent(entries::add);
      } while (entries.size() > before);
    }
    return entries;
  }

  /** The entries as {@code path|label|content} and {@code path!REASON: message}. */
  static List<String> describe(ImageSource source) throws IOException {
    return read(source).stream()
        .map(
            entry ->
                switch (entry) {
                  case SourceEntry.ImageFile file ->
                      file.path() + "|" + file.label().orElse("-") + "|" + text(file.content());
                  case SourceEntry.RejectedFile file ->
                      file.path() + "!" + file.reason() + ": " + file.message();
                })
        .toList();
  }
}
