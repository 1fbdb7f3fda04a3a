package io.viewstream.generators.internal.model;

import io.viewstream.generators.InvalidPackageException;
import io.viewstream.imaging.source.FileFault;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;

/** Model packages that are part of the program, as resources below {@code packages/}. */
public final class BundledPackage {

  /** What they are called. */
  public static final List<String> NAMES = List.of("icgan32");

  private static final String RESOURCES = "/io/viewstream/generators/packages/";

  private BundledPackage() {}

  /**
   * Opens the generator of a package that is part of the program.
   *
   * @param name one of {@link #NAMES}
   * @param engine as DJL names it
   */
  public static ModelGenerator open(String name, String engine) {
    URL manifest =
        BundledPackage.class.getResource(RESOURCES + name + "/" + ModelPackage.MANIFEST_FILE);
    if (manifest == null) {
      throw new InvalidPackageException(
          "Generator %s is not part of this build; give the folder of its package".formatted(name));
    }
    try {
      URI uri = manifest.toURI();
      return uri.getScheme().equals("file")
          ? ModelGenerator.open(ModelPackage.open(Path.of(uri).getParent()), engine)
          : UnpackedPackage.open(name, file -> content(name, file), engine);
    } catch (URISyntaxException e) {
      throw new InvalidPackageException(
          "Generator %s cannot be found: %s".formatted(name, e.getMessage()), e);
    } catch (IOException e) {
      throw new InvalidPackageException(
          "Generator %s cannot be unpacked: %s".formatted(name, FileFault.of(e)), e);
    }
  }

  private static InputStream content(String name, String file) throws IOException {
    InputStream content = BundledPackage.class.getResourceAsStream(RESOURCES + name + "/" + file);
    if (content == null) {
      throw new FileNotFoundException(file + " is missing");
    }
    return content;
  }
}
