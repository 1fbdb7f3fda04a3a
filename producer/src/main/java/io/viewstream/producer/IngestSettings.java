package io.viewstream.producer;

import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.schemas.DatasetName;
import io.viewstream.schemas.Topic;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is ingested, and how.
 *
 * @param images a folder, a tar archive, or {@code shapes}
 * @param dataset first part of every image id; the name of the folder or archive when empty
 * @param source which part of the source; its limit on bytes is that of what is sent
 * @param maxSide longest side in pixels, above which an image is shrunk and encoded again; images
 *     stay as they are when empty
 * @param allowRetention accept topics that lose records by age or size
 */
public record IngestSettings(
    String images,
    Optional<String> dataset,
    SourceOptions source,
    OptionalInt maxSide,
    boolean allowRetention) {
  /** The most that an image may have, so that its record fits the topic with all other fields. */
  public static final int LARGEST_MAX_IMAGE_BYTES = Topic.MAX_MESSAGE_BYTES - 128 * 1024;

  /** Checks the limits. */
  public IngestSettings {
    if (source.maxImageBytes() > LARGEST_MAX_IMAGE_BYTES) {
      throw new IllegalArgumentException(
          "--max-image-bytes is %d; the topic's records hold at most %d"
              .formatted(source.maxImageBytes(), LARGEST_MAX_IMAGE_BYTES));
    }
    if (maxSide.isPresent() && maxSide.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "--max-side is " + maxSide.getAsInt() + "; it must be at least 1");
    }
    if (dataset.isPresent()) {
      DatasetName.checked(dataset.get());
    }
  }

  /** All of a source as it is. */
  public static IngestSettings of(String images) {
    return new IngestSettings(
        images, Optional.empty(), SourceOptions.DEFAULT, OptionalInt.empty(), false);
  }

  /** The same settings for another part of the source. */
  public IngestSettings withSource(SourceOptions other) {
    return new IngestSettings(images, dataset, other, maxSide, allowRetention);
  }

  /** The same settings with another name of the data set. */
  public IngestSettings withDataset(String other) {
    return new IngestSettings(images, Optional.of(other), source, maxSide, allowRetention);
  }

  /** The same settings with a longest side, in pixels. */
  public IngestSettings withMaxSide(int pixels) {
    return new IngestSettings(images, dataset, source, OptionalInt.of(pixels), allowRetention);
  }
}
