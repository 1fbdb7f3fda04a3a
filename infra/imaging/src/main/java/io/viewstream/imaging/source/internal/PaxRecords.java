package io.viewstream.imaging.source.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The extended header of a POSIX.1-2001 (pax) archive: lines {@code "length key=value\n"}. */
final class PaxRecords {
  private PaxRecords() {}

  /**
   * Reads the records of one extended header.
   *
   * @throws IOException when they are malformed
   */
  static Map<String, String> parse(byte[] content) throws IOException {
    Map<String, String> records = new HashMap<>();
    int position = 0;
    while (position < content.length && content[position] != 0) {
      int digits = position;
      int length = 0;
      while (digits < content.length && content[digits] >= '0' && content[digits] <= '9') {
        length = length * 10 + content[digits++] - '0';
        if (length > content.length) {
          throw new IOException("extended header with a record that is too long");
        }
      }
      int end = position + length;
      if (digits == position || end > content.length || end - 1 <= digits) {
        throw new IOException("malformed extended header");
      }
      String record = new String(content, digits + 1, end - digits - 2, StandardCharsets.UTF_8);
      int equals = record.indexOf('=');
      if (content[digits] != ' ' || content[end - 1] != '\n' || equals < 0) {
        throw new IOException("malformed extended header");
      }
      records.put(record.substring(0, equals), record.substring(equals + 1));
      position = end;
    }
    return records;
  }
}
