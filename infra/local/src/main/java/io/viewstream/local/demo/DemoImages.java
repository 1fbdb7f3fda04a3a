package io.viewstream.local.demo;

import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.Split;
import io.viewstream.kafka.command.CommandException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/**
 * Which images the demo takes for what: those of {@code train} are ingested and those of {@code
 * test} held out, where a source has both; else all are ingested, and a fifth is held out from the
 * probe's training alone.
 *
 * @param location a folder, a tar archive, or {@code shapes}
 * @param options of the images that are ingested
 * @param source of the images that are ingested
 */
record DemoImages(String location, SourceOptions options, ImageSource source) {

  /** A quarter as many images are tested as were ingested. */
  private static final int TEST_PART = 4;

  private static final long MIN_TEST_IMAGES = 200;

  /**
   * Looks the source over.
   *
   * @throws CommandException when there is none
   */
  static DemoImages find(DemoSettings settings) {
    SourceOptions all = SourceOptions.DEFAULT.withLimit(settings.limit());
    if (settings.images().equals(ImageSource.SHAPES)) {
      all = all.withShapes(new SourceOptions.Shapes(all.shapes().side(), settings.seed()));
    }
    ImageSource whole = open(settings.images(), all);
    SourceOptions options = whole.divided() ? all.withSplit(Split.TRAIN) : all;
    ImageSource source = whole.divided() ? open(settings.images(), options) : whole;
    if (source.count() < 2) {
      throw CommandException.failed(
          "There are %d images in %s; training compares images with each other and needs more"
              .formatted(source.count(), settings.images()));
    }
    return new DemoImages(settings.images(), options, source);
  }

  /** Whether training never sees the images that features are tested on. */
  boolean divided() {
    return source.divided();
  }

  /** Images that the probe learns from. */
  ImageSource probeTraining() {
    return divided() ? source : new HeldOutSource(source, false);
  }

  /** Images that the probe is tested on. */
  ImageSource probeTest() {
    long count = Math.max(MIN_TEST_IMAGES, source.count() / TEST_PART);
    return divided()
        ? open(location, options.withSplit(Split.TEST).withLimit(count))
        : new HeldOutSource(source, true);
  }

  private static ImageSource open(String location, SourceOptions options) {
    try {
      return ImageSource.of(location, options);
    } catch (NoSuchFileException e) {
      throw CommandException.failed(
          "Cannot read --images %s: %s".formatted(location, e.getReason()), e);
    } catch (IOException e) {
      throw CommandException.failed("Cannot read --images: " + e.getMessage(), e);
    }
  }
}
