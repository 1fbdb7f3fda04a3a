package io.viewstream.producer.internal;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.ImageFormat;
import io.viewstream.imaging.ImageHeader;
import io.viewstream.imaging.ImageScaler;
import io.viewstream.imaging.ImageTooLargeException;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.RgbImage;
import io.viewstream.imaging.source.SourceEntry;
import io.viewstream.schemas.ContentDigest;
import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.ErrorCategory;
import io.viewstream.schemas.ImageEncoding;
import io.viewstream.schemas.Sha256;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.Stage;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Finds out whether a file is an image that can be sent: checks header and structure, shrinks it if
 * asked to, and takes the digest. Immutable; any number of threads may examine at once.
 */
public final class ImageExaminer {
  /** Quality of JPEGs that are encoded again: little is lost to what training sees. */
  private static final int JPEG_QUALITY = 95;

  private final String dataset;
  private final OptionalInt maxSide;
  private final int maxImageBytes;
  private final Clock clock;
  private final ImageDecoder decoder = new ImageDecoder();

  /**
   * An examiner for one data set.
   *
   * @param maxSide longest side in pixels, above which an image is shrunk
   * @param maxImageBytes limit on the bytes that are sent
   */
  public ImageExaminer(String dataset, OptionalInt maxSide, int maxImageBytes, Clock clock) {
    this.dataset = dataset;
    this.maxSide = maxSide;
    this.maxImageBytes = maxImageBytes;
    this.clock = clock;
  }

  private record Encoded(ImageHeader header, ByteBuffer content) {}

  /** Examines one entry. */
  public Examined examine(SourceEntry entry) {
    return switch (entry) {
      case SourceEntry.ImageFile file -> examine(file);
      case SourceEntry.RejectedFile file -> new Examined.Rejected(deadLetter(file));
    };
  }

  private Examined examine(SourceEntry.ImageFile file) {
    try {
      Encoded encoded = shrink(file.content(), decoder.check(file.content()));
      if (encoded.content().remaining() > maxImageBytes) {
        return rejected(
            file,
            ErrorCategory.RESOURCE,
            "%d bytes after shrinking to %d×%d pixels; the limit on an image's size is %d"
                .formatted(
                    encoded.content().remaining(),
                    encoded.header().width(),
                    encoded.header().height(),
                    maxImageBytes));
      }
      return new Examined.Accepted(sourceImage(file, encoded));
    } catch (ImageTooLargeException e) {
      return rejected(file, ErrorCategory.RESOURCE, String.valueOf(e.getMessage()));
    } catch (InvalidImageException e) {
      return rejected(file, ErrorCategory.INPUT, String.valueOf(e.getMessage()));
    }
  }

  private Encoded shrink(ByteBuffer content, ImageHeader header) throws InvalidImageException {
    if (maxSide.isEmpty() || Math.max(header.width(), header.height()) <= maxSide.getAsInt()) {
      return new Encoded(header, content);
    }
    RgbImage image = ImageScaler.shrinkToFit(decoder.decode(content), maxSide.getAsInt());
    byte[] encoded =
        switch (header.format()) {
          case JPEG -> ImageEncoder.jpeg(image, JPEG_QUALITY);
          case PNG -> ImageEncoder.png(image);
        };
    return new Encoded(
        new ImageHeader(header.format(), image.width(), image.height()), ByteBuffer.wrap(encoded));
  }

  private SourceImage sourceImage(SourceEntry.ImageFile file, Encoded encoded) {
    return SourceImage.newBuilder()
        .setImageId(imageId(file.path()))
        .setDataset(dataset)
        .setPath(file.path())
        .setLabel(file.label().orElse(null))
        .setEncoding(encoding(encoded.header().format()))
        .setWidth(encoded.header().width())
        .setHeight(encoded.header().height())
        .setContent(encoded.content())
        .setSha256(ContentDigest.of(encoded.content()))
        .setIngestedAt(clock.instant())
        .build();
  }

  private String imageId(String path) {
    return dataset + "/" + path;
  }

  private static ImageEncoding encoding(ImageFormat format) {
    return switch (format) {
      case JPEG -> ImageEncoding.JPEG;
      case PNG -> ImageEncoding.PNG;
    };
  }

  private Examined rejected(SourceEntry.ImageFile file, ErrorCategory category, String message) {
    return new Examined.Rejected(
        deadLetter(
            Optional.of(imageId(file.path())),
            file.path(),
            category,
            message,
            file.content(),
            file.content().remaining(),
            Optional.of(ContentDigest.of(file.content()))));
  }

  /** A dead letter for an image whose id came before. */
  public DeadLetter duplicate(SourceImage image) {
    return deadLetter(
        Optional.of(image.getImageId()),
        image.getPath(),
        ErrorCategory.INPUT,
        "the image id " + image.getImageId() + " came before in this source; the first one stays",
        image.getContent(),
        image.getContent().remaining(),
        Optional.of(image.getSha256()));
  }

  private DeadLetter deadLetter(SourceEntry.RejectedFile file) {
    Optional<String> imageId =
        file.reason() == SourceEntry.Reason.PATH
            ? Optional.empty()
            : Optional.of(imageId(file.path()));
    ErrorCategory category =
        switch (file.reason()) {
          case PATH, NO_FILE -> ErrorCategory.INPUT;
          case TOO_LARGE -> ErrorCategory.RESOURCE;
          case UNREADABLE -> ErrorCategory.EXTERNAL;
        };
    return deadLetter(
        imageId,
        file.path(),
        category,
        file.message(),
        file.start(),
        file.sizeBytes(),
        file.sha256().map(ImageExaminer::sha256));
  }

  private static Sha256 sha256(ByteBuffer digest) {
    byte[] bytes = new byte[digest.remaining()];
    digest.duplicate().get(bytes);
    return new Sha256(bytes);
  }

  private DeadLetter deadLetter(
      Optional<String> imageId,
      String path,
      ErrorCategory category,
      String message,
      ByteBuffer content,
      long sizeBytes,
      Optional<Sha256> sha256) {
    int kept = Math.min(content.remaining(), SourceEntry.REJECTED_START_BYTES);
    return DeadLetter.newBuilder()
        .setImageId(imageId.orElse(null))
        .setPath(path)
        .setStage(Stage.INGEST)
        .setCategory(category)
        .setMessage(message)
        .setSha256(sha256.orElse(null))
        .setContentSizeBytes(sizeBytes)
        .setContent(content.slice(content.position(), kept))
        .setOccurredAt(clock.instant())
        .build();
  }
}
