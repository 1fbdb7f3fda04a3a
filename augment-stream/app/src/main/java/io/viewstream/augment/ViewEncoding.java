package io.viewstream.augment;

import io.viewstream.generators.OutputSize;
import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.RgbImage;
import io.viewstream.schemas.ImageEncoding;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How the views of a run are encoded; part of what the run is. */
public enum ViewEncoding {
  /** PNG: lossless. */
  PNG("png"),
  /** JPEG of quality 95 with chroma in full resolution (4:4:4). */
  JPEG_95("jpeg-95"),
  /**
   * {@link #PNG} for views of up to {@value #LARGEST_PNG_SIDE} pixels a side, where JPEG saves
   * little and shows most, {@link #JPEG_95} above. For generators whose views are as large as their
   * sources.
   */
  BY_SIZE("by-size");

  /** The longest side, in pixels, of a view that is PNG by default. */
  public static final int LARGEST_PNG_SIDE = 64;

  private static final int JPEG_QUALITY = 95;

  private final String label;

  ViewEncoding(String label) {
    this.label = label;
  }

  /** The name in options, run names and {@code GenerationRun}. */
  public String label() {
    return label;
  }

  /**
   * The encoding with a label.
   *
   * @throws IllegalArgumentException when there is none; the message lists the labels
   */
  public static ViewEncoding ofLabel(String label) {
    for (ViewEncoding encoding : values()) {
      if (encoding.label.equals(label)) {
        return encoding;
      }
    }
    throw new IllegalArgumentException(
        "View encoding '"
            + label
            + "' is unknown; there are "
            + Arrays.stream(values()).map(ViewEncoding::label).collect(Collectors.joining(", ")));
  }

  /** The default for a generator whose views have the given size. */
  public static ViewEncoding defaultFor(OutputSize size) {
    return switch (size) {
      case OutputSize.AsSource ignored -> BY_SIZE;
      case OutputSize.Fixed(int width, int height) -> bySize(width, height);
    };
  }

  private static ViewEncoding bySize(int width, int height) {
    return Math.max(width, height) <= LARGEST_PNG_SIDE ? PNG : JPEG_95;
  }

  /** What the contract calls the encoding of a view of the given size. */
  public ImageEncoding imageEncoding(int width, int height) {
    return switch (this) {
      case PNG -> ImageEncoding.PNG;
      case JPEG_95 -> ImageEncoding.JPEG;
      case BY_SIZE -> bySize(width, height).imageEncoding(width, height);
    };
  }

  /** Encodes a view. Any number of threads may do so at once. */
  public byte[] encode(RgbImage view) {
    return switch (this) {
      case PNG -> ImageEncoder.png(view);
      case JPEG_95 -> ImageEncoder.jpeg(view, JPEG_QUALITY);
      case BY_SIZE -> bySize(view.width(), view.height()).encode(view);
    };
  }

  @Override
  public String toString() {
    return label;
  }
}
