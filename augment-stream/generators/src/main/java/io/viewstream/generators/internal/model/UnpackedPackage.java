package io.viewstream.generators.internal.model;

import io.viewstream.generators.InvalidPackageException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A package whose files do not lie in a folder. They are copied into a {@link TemporaryFolder}, as
 * engines load files only, which is deleted as soon as they are loaded.
 */
final class UnpackedPackage {

  /** Where the files come from. */
  @FunctionalInterface
  interface Source {
    /**
     * Opens one file.
     *
     * @throws IOException it is not there or cannot be read
     */
    InputStream open(String name) throws IOException;
  }

  private final Path folder;

  private UnpackedPackage(Path folder) {
    this.folder = folder;
  }

  /**
   * Opens the generator of a package. Only generator.json and the files that it names are copied,
   * none larger than it says.
   *
   * @param origin of the package, which messages name instead of the temporary folder
   * @param engine as DJL names it
   * @throws InvalidPackageException with one line that says what is wrong
   * @throws IOException the files cannot be copied
   */
  static ModelGenerator open(String origin, Source source, String engine) throws IOException {
    Path parent = Path.of(System.getProperty("java.io.tmpdir"));
    try (TemporaryFolder temporary = TemporaryFolder.create(parent)) {
      Path folder = temporary.path();
      try {
        new UnpackedPackage(folder).copy(source);
        return ModelGenerator.open(ModelPackage.open(folder), engine);
      } catch (InvalidPackageException e) {
        throw new InvalidPackageException(
            String.valueOf(e.getMessage()).replace(folder.toString(), origin), e);
      }
    }
  }

  private void copy(Source source) throws IOException {
    copy(ModelPackage.MANIFEST_FILE, source, JsonSettings.MAX_BYTES);
    Map<String, Manifest.FileIdentity> files = ModelPackage.files(folder);
    checkSpace(files);
    for (Map.Entry<String, Manifest.FileIdentity> file : files.entrySet()) {
      copy(file.getKey(), source, file.getValue().sizeBytes());
    }
  }

  private void checkSpace(Map<String, Manifest.FileIdentity> files) throws IOException {
    double needed = 0;
    for (Manifest.FileIdentity file : files.values()) {
      needed += file.sizeBytes();
    }
    long usable = Files.getFileStore(folder).getUsableSpace();
    if (needed > usable) {
      throw new InvalidPackageException(
          "%s: the files have %.0f bytes unpacked, %s has %d left; choose another folder by -Djava.io.tmpdir or unpack the package yourself"
              .formatted(
                  folder.resolve(ModelPackage.MANIFEST_FILE), needed, folder.getParent(), usable));
    }
  }

  private void copy(String name, Source source, long maxBytes) throws IOException {
    Path target = ModelPackage.resolve(folder, name);
    Files.createDirectories(target.getParent());
    try (InputStream content = new Limited(source.open(name), name, maxBytes)) {
      Files.copy(content, target);
    }
  }

  /** A stream that fails when it goes on too long, so that no small archive fills the disk. */
  private static final class Limited extends FilterInputStream {

    private final String name;
    private final long maxBytes;
    // Those that may still come.
    private long left;

    Limited(InputStream content, String name, long maxBytes) {
      super(content);
      this.name = name;
      this.maxBytes = maxBytes;
      this.left = maxBytes;
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      return next < 0 ? next : counted(next, 1);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      return read < 0 ? read : counted(read, read);
    }

    private int counted(int result, int bytes) throws IOException {
      left -= bytes;
      if (left < 0) {
        throw new IOException(name + " has more than the " + maxBytes + " bytes it may have");
      }
      return result;
    }
  }
}
