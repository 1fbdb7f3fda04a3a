package io.viewstream.generators.internal.model;

import io.viewstream.generators.GeneratorDescription;
import io.viewstream.generators.InvalidPackageException;
import io.viewstream.generators.internal.model.Manifest.FileIdentity;
import io.viewstream.generators.internal.model.Manifest.Noise;
import io.viewstream.generators.internal.model.Manifest.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

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

  private static final String KIND = "icgan";
  private static final int MAX_RESOLUTION = 4_096;
  private static final int MAX_DIMENSION = 1 << 16;
  private static final int MAX_DEADLINE_MILLIS = 3_600_000;
  private static final List<Integer> DEFAULT_BATCH_SIZES = List.of(1, 4, 8, 16, 32);

  private enum NoiseDistribution {
    NORMAL,
    TRUNCATED_NORMAL
  }

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
    JsonSettings settings = JsonSettings.read(file);
    String kind = settings.text("kind");
    if (!kind.equals(KIND)) {
      throw new InvalidPackageException(
          "%s: kind %s is unknown; known is %s".formatted(file, kind, KIND));
    }
    ModelPackage modelPackage = new ModelPackage(folder, readManifest(settings));
    modelPackage.checkFiles();
    return modelPackage;
  }

  /** The files that a package's generator.json names, none of them checked. */
  static Set<String> fileNames(Path folder) {
    return readFiles(JsonSettings.read(folder.resolve(MANIFEST_FILE)).object("files")).keySet();
  }

  private static Manifest readManifest(JsonSettings settings) {
    JsonSettings components = settings.object("components");
    JsonSettings normalisation = settings.object("normalisation");
    JsonSettings sampler = settings.object("sampler");
    int resolution = (int) settings.integer("resolution", 1, MAX_RESOLUTION);
    Manifest manifest =
        new Manifest(
            settings.text("id"),
            settings.text("version"),
            settings.text("summary", "Instance-conditioned generator"),
            settings.text("licence"),
            resolution,
            settings.integer("encoderResolution", 1, MAX_RESOLUTION, resolution),
            Map.of(
                IcganNetworks.ENCODER, components.text(IcganNetworks.ENCODER),
                IcganNetworks.GENERATOR, components.text(IcganNetworks.GENERATOR)),
            normalisation.numbers("mean", 3),
            normalisation.numbers("standardDeviation", 3),
            (int) settings.integer("embeddingDimension", 1, MAX_DIMENSION),
            settings.truth("normalisesEmbedding", false),
            readNoise(sampler),
            settings.constant("precision", Precision.class).orElse(Precision.FLOAT32),
            settings.integers("batchSizes", DEFAULT_BATCH_SIZES).stream()
                .sorted()
                .distinct()
                .toList(),
            Duration.ofMillis(
                settings.integer(
                    "callDeadlineMillis",
                    1,
                    MAX_DEADLINE_MILLIS,
                    (int) GeneratorDescription.DEFAULT_CALL_DEADLINE.toMillis())),
            readFiles(settings.object("files")));
    components.refuseOthers();
    normalisation.refuseOthers();
    sampler.refuseOthers();
    settings.refuseOthers();
    return manifest;
  }

  private static Noise readNoise(JsonSettings sampler) {
    NoiseDistribution distribution =
        sampler
            .constant("noiseDistribution", NoiseDistribution.class)
            .orElse(NoiseDistribution.NORMAL);
    return new Noise(
        (int) sampler.integer("noiseDimension", 1, MAX_DIMENSION),
        switch (distribution) {
          case NORMAL -> Double.POSITIVE_INFINITY;
          case TRUNCATED_NORMAL -> sampler.positive("noiseBound");
        },
        sampler.has("noiseScale") ? sampler.positive("noiseScale") : 1.0);
  }

  private static Map<String, FileIdentity> readFiles(JsonSettings settings) {
    Map<String, FileIdentity> files = new LinkedHashMap<>();
    settings
        .objects()
        .forEach(
            (name, identity) -> {
              files.put(
                  name,
                  new FileIdentity(
                      identity.text("sha256").toLowerCase(Locale.ROOT),
                      identity.integer("sizeBytes", 0, Long.MAX_VALUE)));
              identity.refuseOthers();
            });
    return files;
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
    Path file = folder.resolve(name).normalize();
    if (!file.startsWith(folder.normalize())) {
      throw new InvalidPackageException(
          "%s: file %s lies outside the package".formatted(folder.resolve(MANIFEST_FILE), name));
    }
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
      throw new InvalidPackageException(file + " cannot be read: " + e.getMessage(), e);
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

  /** The file of one component. */
  public Path component(String role) {
    String name = manifest.components().get(role);
    if (name == null) {
      throw new IllegalArgumentException("No component " + role + " in " + folder);
    }
    return folder.resolve(name);
  }
}
