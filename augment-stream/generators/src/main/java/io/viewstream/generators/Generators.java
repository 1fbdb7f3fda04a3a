package io.viewstream.generators;

import io.viewstream.generators.internal.model.BundledPackage;
import io.viewstream.generators.internal.model.ModelGenerator;
import io.viewstream.generators.internal.model.ModelPackage;
import io.viewstream.generators.internal.model.ZipPackage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Opens generators by name or from a model package. */
public final class Generators {

  private static final String DEFAULT_ENGINE = "OnnxRuntime";

  private Generators() {}

  /** The generators that are part of the program. */
  public static List<String> names() {
    List<String> names = new ArrayList<>(BundledPackage.NAMES);
    names.addFirst(PhotometricGenerator.ID);
    return List.copyOf(names);
  }

  /**
   * Opens a generator.
   *
   * @param nameOrPackage one of {@link #names}, or the path of a model package: a folder or a .zip
   *     file with a generator.json
   * @param engine the DJL engine that runs a model package, for example {@code OnnxRuntime}; empty
   *     for OnnxRuntime. A generator without a model has no engine and takes none.
   * @return the generator, owned by the caller
   * @throws InvalidPackageException neither of the two, or a package with a fault
   */
  public static Generator open(String nameOrPackage, Optional<String> engine) {
    requireKnown(nameOrPackage);
    if (nameOrPackage.equals(PhotometricGenerator.ID)) {
      if (engine.isPresent()) {
        throw new InvalidPackageException(
            "Generator photometric has no model, so engine %s cannot run it; leave the engine out"
                .formatted(engine.get()));
      }
      return new PhotometricGenerator();
    }
    if (BundledPackage.NAMES.contains(nameOrPackage)) {
      return BundledPackage.open(nameOrPackage, engine.orElse(DEFAULT_ENGINE));
    }
    Path path = Path.of(nameOrPackage);
    return Files.isDirectory(path)
        ? ModelGenerator.open(ModelPackage.open(path), engine.orElse(DEFAULT_ENGINE))
        : ZipPackage.open(path, engine.orElse(DEFAULT_ENGINE));
  }

  /**
   * Checks, without opening anything, that there is something to open.
   *
   * @throws InvalidPackageException neither one of {@link #names} nor a folder or .zip file
   */
  public static void requireKnown(String nameOrPackage) {
    Path path = Path.of(nameOrPackage);
    // The empty name would be the working directory.
    boolean isPackage =
        Files.isDirectory(path) && !nameOrPackage.isBlank()
            || ZipPackage.isNamed(path) && Files.isRegularFile(path);
    if (!isPackage && !names().contains(nameOrPackage)) {
      throw new InvalidPackageException(
          "Generator %s is neither a folder or .zip file with a generator.json nor one of %s"
              .formatted(nameOrPackage, String.join(", ", names())));
    }
  }
}
