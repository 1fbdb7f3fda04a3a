package io.viewstream.generators;

import io.viewstream.generators.internal.model.IcganGenerator;
import io.viewstream.generators.internal.model.ModelPackage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Opens generators by name or from a model package. */
public final class Generators {

  private static final String DEFAULT_ENGINE = "OnnxRuntime";

  private Generators() {}

  /**
   * Opens a generator.
   *
   * @param nameOrPackage {@code photometric}, or the path of a model package: a folder with a
   *     generator.json
   * @param engine the DJL engine that runs a model package, for example {@code OnnxRuntime}; empty
   *     for OnnxRuntime. A generator without a model has no engine and takes none.
   * @return the generator, owned by the caller
   * @throws InvalidPackageException neither of the two, or a package with a fault
   */
  public static Generator open(String nameOrPackage, Optional<String> engine) {
    if (nameOrPackage.equals(PhotometricGenerator.ID)) {
      if (engine.isPresent()) {
        throw new InvalidPackageException(
            "Generator photometric has no model, so engine %s cannot run it; leave the engine out"
                .formatted(engine.get()));
      }
      return new PhotometricGenerator();
    }
    Path folder = Path.of(nameOrPackage);
    if (!Files.isDirectory(folder)) {
      throw new InvalidPackageException(
          "Generator %s is neither photometric nor a folder with a generator.json"
              .formatted(nameOrPackage));
    }
    return IcganGenerator.open(ModelPackage.open(folder), engine.orElse(DEFAULT_ENGINE));
  }
}
