package io.viewstream.local.bench;

import io.viewstream.augment.GenerationSettings;
import io.viewstream.generators.Generators;
import io.viewstream.generators.InvalidPackageException;
import io.viewstream.kafka.command.CommandException;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which generator is measured; a picocli mixin. */
final class GeneratorOptions {

  @Option(
      names = "--generator",
      paramLabel = "NAME_OR_PACKAGE",
      defaultValue = "icgan32",
      description =
          "Name of a generator in the box, or path of a model package (default: ${DEFAULT-VALUE}).")
  private String generator = "icgan32";

  @Option(
      names = "--views",
      paramLabel = "K",
      defaultValue = "" + GenerationSettings.DEFAULT_VIEWS,
      description = "Views of each image (default: ${DEFAULT-VALUE}).")
  private int views = GenerationSettings.DEFAULT_VIEWS;

  @Option(
      names = "--calls",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Call the model so many times for each batch, as a model would take that is so much"
              + " larger (default: ${DEFAULT-VALUE}).")
  private int calls = 1;

  String name() {
    return generator;
  }

  int views() {
    if (views < 1) {
      throw CommandException.usage("--views is " + views + ", must be at least 1");
    }
    return views;
  }

  int calls() {
    if (calls < 1) {
      throw CommandException.usage("--calls is " + calls + ", must be at least 1");
    }
    return calls;
  }

  /** The generator on its own choice of engine, owned by the caller. */
  RepeatedGenerator open() {
    try {
      return new RepeatedGenerator(Generators.open(generator, Optional.empty()), calls());
    } catch (InvalidPackageException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()), e);
    }
  }
}
