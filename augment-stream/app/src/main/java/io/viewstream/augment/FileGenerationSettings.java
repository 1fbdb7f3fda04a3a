package io.viewstream.augment;

import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.schemas.DatasetName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@link FileGeneration} does.
 *
 * @param images a folder, a tar archive or {@code shapes}
 * @param sourceOptions which of its images
 * @param dataset first part of the image ids, which enter the seeds; the source's name when empty
 * @param views of each image, from 1 to {@link GenerationSettings#MAX_VIEWS}
 * @param seed another one makes other views
 * @param encoding of the views; by the size of the generator's views when empty
 * @param outputDirectory where the views go; made when it is not there
 */
public record FileGenerationSettings(
    String images,
    SourceOptions sourceOptions,
    Optional<String> dataset,
    int views,
    long seed,
    Optional<ViewEncoding> encoding,
    Path outputDirectory) {

  /** Checks the number of views, the name of the data set and where views are to go. */
  public FileGenerationSettings {
    dataset.ifPresent(DatasetName::checked);
    if (views < 1) {
      throw new IllegalArgumentException("--views is " + views + ", must be at least 1");
    }
    if (views > GenerationSettings.MAX_VIEWS) {
      throw new IllegalArgumentException(
          "--views is " + views + ", must be at most " + GenerationSettings.MAX_VIEWS);
    }
    if (Files.exists(outputDirectory) && !Files.isDirectory(outputDirectory)) {
      throw new IllegalArgumentException(
          "--output-dir " + outputDirectory + " is a file, not a folder");
    }
  }
}
