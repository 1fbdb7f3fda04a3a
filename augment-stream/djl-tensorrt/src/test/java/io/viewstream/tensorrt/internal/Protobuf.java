package io.viewstream.tensorrt.internal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the parts of a protobuf message. */
final class Protobuf {

  private Protobuf() {}

  /** A message inside another, or bytes. */
  static byte[] field(int number, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeNumber(out, number << 3 | 2);
    writeNumber(out, content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  static byte[] text(int number, String text) {
    return field(number, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] number(int number, int value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeNumber(out, number << 3);
    writeNumber(out, value);
    return out.toByteArray();
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static void writeNumber(ByteArrayOutputStream out, int value) {
    int rest = value;
    while (rest >= 128) {
      out.write(rest & 127 | 128);
      rest >>>= 7;
    }
    out.write(rest);
  }
}
