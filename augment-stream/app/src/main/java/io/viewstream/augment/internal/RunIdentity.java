package io.viewstream.augment.internal;

import io.viewstream.augment.ViewEncoding;
import io.viewstream.generators.GeneratorDescription;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.schemas.GenerationRun;
import io.viewstream.schemas.SourceRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a run of the generation stage is, and what it is called.
 *
 * @param name of the run
 * @param generatorId see {@link GeneratorDescription#id()}
 * @param generatorVersion see {@link GeneratorDescription#version()}
 * @param views views of each source record (K), at least 1
 * @param seed of the run
 * @param encoding of the views
 */
public record RunIdentity(
    String name,
    String generatorId,
    String generatorVersion,
    int views,
    long seed,
    ViewEncoding encoding) {

  private static final Pattern LEGAL_NAME = Pattern.compile("[a-zA-Z0-9._-]{1,150}");
  private static final String APPLICATION = "viewstream-augment-";

  /**
   * Checks name and number of views.
   *
   * @throws CommandException when one is not legal
   */
  public RunIdentity {
    requireLegalName(name);
    if (views < 1) {
      throw CommandException.usage("--views is " + views + ", must be at least 1");
    }
  }

  /**
   * Checks the name of a run.
   *
   * @throws CommandException when it is not legal
   */
  public static void requireLegalName(String name) {
    if (!LEGAL_NAME.matcher(name).matches()) {
      throw CommandException.usage(
          "Run name '"
              + name
              + "' is not legal: 1 to 150 letters, digits, dots, underscores and hyphens");
    }
  }

  /** The run of a generator; named after its settings unless a name is given. */
  public static RunIdentity of(
      Optional<String> name,
      GeneratorDescription generator,
      int views,
      long seed,
      ViewEncoding encoding) {
    return new RunIdentity(
        name.orElseGet(() -> defaultName(generator, views, seed, encoding)),
        generator.id(),
        generator.version(),
        views,
        seed,
        encoding);
  }

  private static String defaultName(
      GeneratorDescription generator, int views, long seed, ViewEncoding encoding) {
    String name =
        generator.id()
            + "-"
            + generator.version()
            + "-k"
            + views
            + "-s"
            + seed
            + "-"
            + encoding.label();
    // Two names that this makes equal are still told apart when the run is declared.
    return name.replaceAll("[^a-zA-Z0-9._-]", "_");
  }

  /**
   * Consumer group of the run, and prefix of its transactional ids. The topic prefix stands first,
   * so that prefixes do not collide and an access rule by prefix covers all of a data plane's
   * names.
   */
  public String applicationId(String topicPrefix) {
    return topicPrefix + APPLICATION + name;
  }

  /**
   * The record that declares the run.
   *
   * @param beginsAt first record of each partition that the run is for; empty for all records
   */
  public GenerationRun declaration(Instant startedAt, List<SourceRecord> beginsAt) {
    return GenerationRun.newBuilder()
        .setRun(name)
        .setGeneratorId(generatorId)
        .setGeneratorVersion(generatorVersion)
        .setViewsPerImage(views)
        .setSeed(seed)
        .setViewEncoding(encoding.label())
        .setStartedAt(startedAt)
        .setBeginsAt(beginsAt)
        .build();
  }
}
