package io.viewstream.generators.internal.model;

import io.viewstream.generators.InvalidPackageException;
import io.viewstream.imaging.source.FileFault;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A model package in a zip file: generator.json and its files at the top, or all of them in one
 * folder. What generator.json does not name is left where it is.
 */
public final class ZipPackage {

  private static final String EXTENSION = ".zip";
  private static final int MAX_ENTRIES = 10_000;

  private ZipPackage() {}

  /** Whether a file should be one, by its name. */
  public static boolean isNamed(Path file) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(EXTENSION);
  }

  /**
   * Opens the generator of a package.
   *
   * @param engine as DJL names it
   * @throws InvalidPackageException with one line that names the zip file and what is wrong in it
   */
  public static ModelGenerator open(Path file, String engine) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      String top = topFolder(file, names(file, zip));
      return UnpackedPackage.open(file.toString(), name -> content(zip, top + name), engine);
    } catch (ZipException e) {
      throw new InvalidPackageException(
          "%s is not a zip file that can be read: %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw new InvalidPackageException(
          "%s cannot be unpacked: %s".formatted(file, FileFault.of(e)), e);
    }
  }

  private static InputStream content(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null || entry.isDirectory()) {
      throw new FileNotFoundException(name + " is missing");
    }
    return zip.getInputStream(entry);
  }

  private static Set<String> names(Path file, ZipFile zip) {
    if (zip.size() > MAX_ENTRIES) {
      throw new InvalidPackageException(
          "%s has %d entries, must have at most %d".formatted(file, zip.size(), MAX_ENTRIES));
    }
    Set<String> names = new HashSet<>();
    zip.stream()
        .map(ZipEntry::getName)
        .forEach(
            name -> {
              if (name.startsWith("/")
                  || name.contains("\\")
                  || List.of(name.split("/")).contains("..")) {
                throw new InvalidPackageException(
                    "%s: entry %s lies outside the package".formatted(file, name));
              }
              if (!names.add(name)) {
                throw new InvalidPackageException(
                    "%s has the entry %s twice".formatted(file, name));
              }
            });
    return names;
  }

  /** Empty, or the one folder that all is in with a slash behind it. */
  private static String topFolder(Path file, Set<String> names) {
    if (names.contains(ModelPackage.MANIFEST_FILE)) {
      return "";
    }
    List<String> manifests =
        names.stream()
            .filter(name -> name.endsWith("/" + ModelPackage.MANIFEST_FILE))
            .filter(name -> name.indexOf('/') == name.lastIndexOf('/'))
            .toList();
    if (manifests.size() != 1) {
      throw new InvalidPackageException(
          "%s has no %s at its top or in one folder".formatted(file, ModelPackage.MANIFEST_FILE));
    }
    String manifest = manifests.getFirst();
    return manifest.substring(0, manifest.indexOf('/') + 1);
  }
}
