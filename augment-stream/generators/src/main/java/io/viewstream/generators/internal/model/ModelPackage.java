package io.viewstream.generators.internal.model;

import io.viewstream.generators.InvalidPackageException;
import io.viewstream.generators.internal.model.Manifest.FileIdentity;
import io.viewstream.imaging.source.FileFault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * A folder with a generator.json and the files that it names, every one of them checked by length
 * and SHA-256.
 *
 * @param folder of the package
 * @param manifest the content of its generator.json
 */
public record ModelPackage(Path folder, Manifest manifest) {

  /** The file that makes a folder a package. */
  public static final String MANIFEST_FILE = "generator.json";

  /**
   * Opens a package and checks all its files.
   *
   * @throws InvalidPackageException with one line that says which file or setting is wrong
   */
  public static ModelPackage open(Path folder) {
    Path file = folder.resolve(MANIFEST_FILE);
    if (!Files.isRegularFile(file)) {
      throw new InvalidPackageException("%s has no %s".formatted(folder, MANIFEST_FILE));
    }
    ModelPackage modelPackage =
        new ModelPackage(folder, ManifestReader.read(JsonSettings.read(file)));
    modelPackage.checkFiles();
    return modelPackage;
  }

  /** The files that a package's generator.json names, none of them checked. */
  static Map<String, FileIdentity> files(Path folder) {
    return ManifestReader.readFiles(
        JsonSettings.read(folder.resolve(MANIFEST_FILE)).object("files"));
  }

  /**
   * A file inside a package.
   *
   * @return its absolute path
   * @throws InvalidPackageException it is not inside
   */
  static Path resolve(Path folder, String name) {
    Path root = folder.toAbsolutePath().normalize();
    Path file = name.indexOf('\0') < 0 ? root.resolve(name).normalize() : root;
    if (!file.startsWith(root) || file.equals(root)) {
      throw new InvalidPackageException(
          "%s: file %s lies outside the package".formatted(folder.resolve(MANIFEST_FILE), name));
    }
    return file;
  }

  private void checkFiles() {
    for (String component : manifest.components().values()) {
      if (!manifest.files().containsKey(component)) {
        throw new InvalidPackageException(
            "%s: component %s is not among the files"
                .formatted(folder.resolve(MANIFEST_FILE), component));
      }
    }
    manifest.files().forEach(this::checkFile);
  }

  private void checkFile(String name, FileIdentity expected) {
    Path file = resolve(folder, name);
    if (!Files.isRegularFile(file)) {
      throw new InvalidPackageException(
          "%s is missing, %s names it".formatted(file, MANIFEST_FILE));
    }
    try {
      if (Files.size(file) != expected.sizeBytes()) {
        throw new InvalidPackageException(
            "%s has %d bytes, %s says %d; the file is damaged or of another version"
                .formatted(file, Files.size(file), MANIFEST_FILE, expected.sizeBytes()));
      }
      String sha256 = sha256(file);
      if (!sha256.equals(expected.sha256())) {
        throw new InvalidPackageException(
            "%s has the SHA-256 %s, %s says %s; the file is damaged or of another version"
                .formatted(file, sha256, MANIFEST_FILE, expected.sha256()));
      }
    } catch (IOException e) {
      throw new InvalidPackageException(file + " cannot be read: " + FileFault.of(e), e);
    }
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream content = new DigestInputStream(Files.newInputStream(file), digest)) {
        content.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256, this one does not", e);
    }
  }

  /**
   * Checks that weights beside a graph are a file that was checked.
   *
   * @param graph the ONNX file
   * @param location of the weights as it names them, relative to its own folder
   * @throws InvalidPackageException they are not
   */
  void requireWeights(Path graph, String location) {
    String name = location.replaceAll("\\p{Cntrl}", "?");
    Path relative = Path.of(name);
    boolean below = !name.isBlank() && !relative.isAbsolute();
    for (Path step : relative) {
      // Also one that stays inside: behind a link it would not be what it seems.
      below &= !step.toString().equals("..");
    }
    if (!below) {
      throw new InvalidPackageException(
          "%s keeps weights in \"%s\", must keep them below its own folder".formatted(graph, name));
    }
    requireListed(graph.resolveSibling(relative), "weights of %s are in it".formatted(graph));
  }

  /**
   * Checks that a file is one of those that were checked.
   *
   * @param use why it matters, for the message
   * @throws InvalidPackageException generator.json does not name it
   */
  void requireListed(Path file, String use) {
    Path required = file.toAbsolutePath().normalize();
    if (manifest.files().keySet().stream()
        .noneMatch(name -> resolve(folder, name).equals(required))) {
      throw new InvalidPackageException(
          "%s is not among the files of %s, and %s; add it there with its sha256 and sizeBytes"
              .formatted(file, MANIFEST_FILE, use));
    }
  }

  /** The file of one component. */
  public Path component(String role) {
    String name = manifest.components().get(role);
    if (name == null) {
      throw new IllegalArgumentException("No component " + role + " in " + folder);
    }
    return folder.resolve(name);
  }
}
