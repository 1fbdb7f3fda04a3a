package io.viewstream.producer;

import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.RgbImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Writes a tar archive of good and bad files. */
final class SampleArchive implements AutoCloseable {
  private final TarArchiveOutputStream tar;

  SampleArchive(Path archive) {
    try {
      this.tar = new TarArchiveOutputStream(Files.newOutputStream(archive), "UTF-8");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A picture that is like no other, as PNG if its number is even, else as JPEG. */
  static byte[] image(int number) {
    byte[] pixels = new byte[40 * 30 * RgbImage.CHANNELS];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i / 40 * (number + 1));
    }
    RgbImage image = new RgbImage(40, 30, pixels);
    return number % 2 == 0 ? ImageEncoder.png(image) : ImageEncoder.jpeg(image, 90);
  }

  static byte[] truncated() {
    byte[] whole = image(1);
    return Arrays.copyOf(whole, whole.length / 2);
  }

  /** A PNG of a few bytes that says it has 10,000×10,000 pixels. */
  static byte[] bomb() {
    byte[] png = image(0);
    ByteBuffer.wrap(png).putInt(16, 10_000).putInt(20, 10_000);
    CRC32 checksum = new CRC32();
    checksum.update(png, 12, 17);
    ByteBuffer.wrap(png).putInt(29, (int) checksum.getValue());
    return png;
  }

  SampleArchive add(String path, byte[] content) {
    try {
      TarArchiveEntry entry = new TarArchiveEntry(path, true);
      entry.setSize(content.length);
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  SampleArchive addLink(String path, String target) {
    try {
      TarArchiveEntry entry = new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
      entry.setLinkName(target);
      tar.putArchiveEntry(entry);
      tar.closeArchiveEntry();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Good images {@code class-a/0.png, class-b/1.jpg, …}. */
  SampleArchive addImages(int from, int to) {
    for (int i = from; i < to; i++) {
      add(imagePath(i), image(i));
    }
    return this;
  }

  static String imagePath(int number) {
    return number % 2 == 0 ? "class-a/" + number + ".png" : "class-b/" + number + ".jpg";
  }

  /** One of each kind of file that cannot be ingested; {@code class-a/0.png} must be in already. */
  SampleArchive addBadFiles(int maxImageBytes) {
    return add("bad/truncated.jpg", truncated())
        .add("bad/text.jpg", "no image at all".getBytes(StandardCharsets.UTF_8))
        .add("bad/empty.png", new byte[0])
        .add("bad/bomb.png", bomb())
        .add("bad/large.jpg", new byte[maxImageBytes + 1])
        .add("../escape.png", image(0))
        .addLink("bad/link.png", "/etc/hostname")
        .add("class-a//./0.png", image(98));
  }

  @Override
  public void close() {
    try {
      tar.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
