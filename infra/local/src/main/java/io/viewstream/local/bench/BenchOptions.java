package io.viewstream.local.bench;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceEntry;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.SourceReader;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.CommonOptions;
import io.viewstream.kafka.command.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of every benchmark; a picocli mixin. */
final class BenchOptions {

  private static final long SHAPES = 2000;
  private static final int SIDES_OF_SHAPE = 512;

  @Mixin private CommonOptions common = new CommonOptions();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--images",
      paramLabel = "PATH|shapes",
      defaultValue = ImageSource.SHAPES,
      description =
          "A folder or tar archive of images, or shapes, drawn once (default: ${DEFAULT-VALUE}).")
  private String images = ImageSource.SHAPES;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Take so many images at most (default: all; of shapes " + SHAPES + ").")
  private @Nullable Long limit;

  @Option(
      names = "--resolution",
      paramLabel = "PIXELS",
      defaultValue = "32",
      description =
          "Side of the views of feed and train, and of shapes where they are the images (default:"
              + " ${DEFAULT-VALUE}).")
  private int resolution = 32;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description =
          "How long each thing is run, after a warm-up of half of it (default: ${DEFAULT-VALUE}).")
  private double seconds = 10;

  /** Common options, for connection and report. */
  CommonOptions common() {
    return common;
  }

  /** Whether the user named a cluster; else an embedded one is started. */
  boolean namesCluster() {
    return command.commandLine().getParseResult().hasMatchedOption("--bootstrap-server");
  }

  String images() {
    return images;
  }

  /** The limit on the number of images, where there is one. */
  OptionalLong limit() {
    return limit == null ? OptionalLong.empty() : OptionalLong.of(limit);
  }

  /** Which part of the images. */
  SourceOptions source() {
    if (limit != null && limit < 1) {
      throw CommandException.usage("--limit is " + limit + ", must be at least 1");
    }
    boolean drawn = images.equals(ImageSource.SHAPES);
    SourceOptions options =
        drawn
            ? SourceOptions.DEFAULT.withShapes(
                new SourceOptions.Shapes(Math.clamp(resolution, 16, SIDES_OF_SHAPE), 1))
            : SourceOptions.DEFAULT;
    if (limit != null) {
      return options.withLimit(limit);
    }
    return drawn ? options.withLimit(SHAPES) : options;
  }

  int resolution() {
    if (resolution < 1 || resolution > 4096) {
      throw CommandException.usage("--resolution is " + resolution + ", must be 1 to 4096");
    }
    return resolution;
  }

  /** How long each thing is run. */
  double seconds() {
    if (!(seconds > 0)) {
      throw CommandException.usage("--seconds is " + seconds + ", must be above 0");
    }
    return seconds;
  }

  /**
   * All images in memory, outside the heap, as the local pool has them.
   *
   * @throws CommandException when they cannot be read, or there are none
   */
  List<ByteBuffer> load() {
    List<ByteBuffer> contents = new ArrayList<>();
    try (SourceReader reader = ImageSource.of(images, source()).open()) {
      for (Optional<SourceEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
        if (next.get() instanceof SourceEntry.ImageFile file) {
          ByteBuffer content = file.content();
          contents.add(
              ByteBuffer.allocateDirect(content.remaining()).put(content.duplicate()).flip());
        }
      }
    } catch (IOException e) {
      throw CommandException.failed("--images: " + e.getMessage(), e);
    }
    if (contents.isEmpty()) {
      throw CommandException.failed("--images " + images + ": there is no image in it");
    }
    return contents;
  }

  /**
   * Where the images can be read from again and again: shapes are drawn once, into an archive,
   * since drawing is none of what is measured.
   */
  String location(Path folder) {
    if (!images.equals(ImageSource.SHAPES)) {
      return images;
    }
    Path archive = folder.resolve("shapes.tar");
    try {
      if (!Files.exists(archive)) {
        try (TarArchiveOutputStream tar =
            new TarArchiveOutputStream(Files.newOutputStream(archive))) {
          int number = 0;
          for (ByteBuffer content : load()) {
            byte[] bytes = new byte[content.remaining()];
            content.get(bytes);
            TarArchiveEntry entry = new TarArchiveEntry("%06d.png".formatted(number++));
            entry.setSize(bytes.length);
            tar.putArchiveEntry(entry);
            tar.write(bytes);
            tar.closeArchiveEntry();
          }
        }
      }
    } catch (IOException e) {
      throw CommandException.failed("Cannot write " + archive + ": " + Reason.of(e), e);
    }
    return archive.toString();
  }

  /** Prints the result and writes the report. */
  void finish(BenchResult result) {
    System.out.println(result.text());
    result.report().put("images", images).write(common.report());
  }
}
