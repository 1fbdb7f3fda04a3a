package io.viewstream.imaging.source.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an extended header of POSIX's format ("pax", IEEE Std 1003.1) says of the entry behind it:
 * records {@code length key=value\n}, of which few concern a reader of plain files.
 *
 * @param path instead of the header's name
 * @param sizeBytes instead of the header's size
 * @param sparse whether the entry is a sparse file of GNU's or star's kind
 */
record PaxRecords(Optional<String> path, OptionalLong sizeBytes, boolean sparse) {
  static final PaxRecords NONE = new PaxRecords(Optional.empty(), OptionalLong.empty(), false);

  /**
   * Reads records over earlier ones, which hold where these say nothing.
   *
   * @throws IOException when they are no such records
   */
  static PaxRecords parse(byte[] records, PaxRecords earlier) throws IOException {
    Optional<String> path = earlier.path();
    OptionalLong size = earlier.sizeBytes();
    boolean sparse = earlier.sparse();
    int start = 0;
    while (start < records.length && records[start] != 0) {
      int blank = start;
      int length = 0;
      while (blank < records.length && records[blank] >= '0' && records[blank] <= '9') {
        length = Math.min(records.length + 1, 10 * length + records[blank++] - '0');
      }
      int end = start + length;
      if (end > records.length
          || blank + 2 > end
          || records[blank] != ' '
          || records[end - 1] != '\n') {
        throw new IOException("a damaged extended header");
      }
      String record = new String(records, blank + 1, end - blank - 2, StandardCharsets.UTF_8);
      int equals = record.indexOf('=');
      if (equals < 0) {
        throw new IOException("a damaged extended header");
      }
      String value = record.substring(equals + 1);
      switch (record.substring(0, equals)) {
        case "path" -> path = Optional.of(value);
        case "size" -> size = OptionalLong.of(size(value));
        case "GNU.sparse.name" -> {
          path = Optional.of(value);
          sparse = true;
        }
        case "SCHILY.realsize" -> sparse = true;
        case String key when key.startsWith("GNU.sparse.") -> sparse = true;
        default -> {
          // Times, owners and the like.
        }
      }
      start = end;
    }
    return new PaxRecords(path, size, sparse);
  }

  private static long size(String value) throws IOException {
    try {
      long size = Long.parseLong(value);
      if (size >= 0) {
        return size;
      }
    } catch (NumberFormatException e) {
      throw new IOException("an extended header with a size that is no number", e);
    }
    throw new IOException("an extended header with a size below 0");
  }
}
