package io.viewstream.generators.internal.model;

import io.viewstream.generators.InvalidPackageException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

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
          : openUnpacked(name, engine);
    } catch (URISyntaxException | IOException e) {
      throw new InvalidPackageException(
          "Generator %s cannot be unpacked: %s".formatted(name, e.getMessage()), e);
    }
  }

  /** Engines load files only. Once loaded they need them no more. */
  private static ModelGenerator openUnpacked(String name, String engine) throws IOException {
    Path folder = Files.createTempDirectory("viewstream-" + name);
    try {
      unpack(name, ModelPackage.MANIFEST_FILE, folder);
      for (String file : ModelPackage.files(folder).keySet()) {
        unpack(name, file, folder);
      }
      return ModelGenerator.open(ModelPackage.open(folder), engine);
    } finally {
      delete(folder);
    }
  }

  private static void unpack(String name, String file, Path folder) throws IOException {
    Path target = folder.resolve(file);
    Files.createDirectories(target.getParent());
    try (InputStream content =
        BundledPackage.class.getResourceAsStream(RESOURCES + name + "/" + file)) {
      if (content == null) {
        throw new IOException(file + " is missing");
      }
      Files.copy(content, target);
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
