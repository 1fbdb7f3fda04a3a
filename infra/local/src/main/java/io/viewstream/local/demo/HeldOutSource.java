package io.viewstream.local.demo;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceEntry;
import io.viewstream.imaging.source.SourceReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One of two parts of a source that is not divided itself. A file's path decides, so both parts are
 * the same in every run and each file is in one of them.
 *
 * @param whole source
 * @param heldOut whether this is the part to test on, a fifth of the files, or the rest
 */
record HeldOutSource(ImageSource whole, boolean heldOut) implements ImageSource {

  private static final int PARTS = 5;

  private boolean has(String path) {
    CRC32C crc = new CRC32C();
    crc.update(path.getBytes(StandardCharsets.UTF_8));
    // The low bits of a CRC alone are no good hash; a multiplication mixes the others in.
    long mixed = crc.getValue() * 0x9E3779B97F4A7C15L;
    return ((mixed >>> 33) % PARTS == 0) == heldOut;
  }

  @Override
  public String name() {
    return whole.name();
  }

  /** About as many: which files are in it is known only when they are read. */
  @Override
  public long count() {
    return heldOut ? whole.count() / PARTS : whole.count() - whole.count() / PARTS;
  }

  @Override
  public boolean divided() {
    return true;
  }

  @Override
  public SourceReader open() throws IOException {
    SourceReader reader = whole.open();
    return new SourceReader() {
      @Override
      public Optional<SourceEntry> next() throws IOException {
        Optional<SourceEntry> entry = reader.next();
        while (entry.isPresent() && !has(entry.get().path())) {
          entry = reader.next();
        }
        return entry;
      }

      @Override
      public long hiddenFiles() {
        return reader.hiddenFiles();
      }

      @Override
      public void close() throws IOException {
        reader.close();
      }
    };
  }
}
