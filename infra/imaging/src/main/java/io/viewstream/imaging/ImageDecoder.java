package io.viewstream.imaging;

import io.viewstream.imaging.internal.OpenCv;
import io.viewstream.imaging.internal.PngStructure;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.jspecify.annotations.Nullable;

/**
 * Makes pixels of JPEG and PNG bytes. Grey, palette, CMYK and 16-bit images become 8-bit RGB; an
 * alpha channel is dropped, not blended. Colour profiles and the rotation in EXIF data are not
 * applied: a decoded image has the size that its header says, and training sees what other common
 * loaders (torchvision's among them) show it.
 *
 * <p>The header is checked first, so a small file that claims an enormous image costs nothing, and
 * so is the end of the file, since the decoder itself would fill what a truncated JPEG lacks with
 * grey and not complain. Where the machine's memory does not suffice, that is an {@link
 * OutOfMemoryError} and no fault of the image. Immutable; any number of threads may decode at once.
 */
public final class ImageDecoder {
  /** Default limit on the pixels of one image: 192 MB decoded. */
  public static final long DEFAULT_MAX_PIXELS = 64_000_000;

  /** With more pixels the decoded bytes would not fit a Java array. */
  private static final long ARRAY_MAX_PIXELS = Integer.MAX_VALUE / RgbImage.CHANNELS - 8;

  private static final int FLAGS =
      opencv_imgcodecs.IMREAD_COLOR_RGB | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;

  /** Largest factor by which a JPEG can be reduced while it is decoded: one pixel a block. */
  public static final int MAX_REDUCTION = 8;

  private final long maxPixels;

  /** A decoder for images of at most {@link #DEFAULT_MAX_PIXELS}. */
  public ImageDecoder() {
    this(DEFAULT_MAX_PIXELS);
  }

  /**
   * A decoder for images of at most so many pixels.
   *
   * @throws IllegalArgumentException when the limit is below 1 or above what an array holds
   */
  public ImageDecoder(long maxPixels) {
    if (maxPixels < 1 || maxPixels > ARRAY_MAX_PIXELS) {
      throw new IllegalArgumentException(
          "Limit of %d pixels is not between 1 and %d".formatted(maxPixels, ARRAY_MAX_PIXELS));
    }
    this.maxPixels = maxPixels;
  }

  /** As {@link #decode(ByteBuffer)}. */
  public RgbImage decode(byte[] content) throws InvalidImageException {
    return decode(ByteBuffer.wrap(content));
  }

  /**
   * Decodes the image between the buffer's position and limit, which stay as they are.
   *
   * @throws InvalidImageException when the content is no complete JPEG or PNG image, has more
   *     pixels than this decoder's limit, or cannot be decoded
   */
  public RgbImage decode(ByteBuffer content) throws InvalidImageException {
    ImageHeader header = check(content);
    try (PointerScope scope = new PointerScope()) {
      return OpenCv.image(decoded(content, header, 1, new Mat()));
    } catch (RuntimeException e) {
      OpenCv.requireMemory(e);
      throw damaged(header, e);
    }
  }

  /**
   * Decodes into memory that is used again, if wanted in a smaller size.
   *
   * <p>A JPEG is reduced by computing fewer frequencies of each block of 8 x 8 pixels (libjpeg's
   * scaling): each side becomes 1/2, 1/4 or 1/8 of what it was, rounded up. It saves most of the
   * memory and of the work behind the decoder, less of the decoding itself. A PNG keeps its size.
   *
   * @param content as {@link #decode(ByteBuffer)}
   * @param header what {@link #check} said of the same content
   * @param reduction 1, 2, 4 or 8
   * @param target gets the pixels; has none if decoding fails
   * @return the factor by which the image was reduced: the given one, or 1 for a PNG
   * @throws InvalidImageException as {@link #decode(ByteBuffer)}
   */
  public int decode(ByteBuffer content, ImageHeader header, int reduction, NativeImage target)
      throws InvalidImageException {
    if (reduction < 1 || reduction > MAX_REDUCTION || Integer.bitCount(reduction) != 1) {
      throw new IllegalArgumentException("Reduction by " + reduction + "; 1, 2, 4 and 8 are known");
    }
    int applied = header.format() == ImageFormat.JPEG ? reduction : 1;
    target.clear();
    try (PointerScope scope = new PointerScope()) {
      decoded(content, header, applied, target.pixels());
      target.taken();
      return applied;
    } catch (RuntimeException e) {
      OpenCv.requireMemory(e);
      throw damaged(header, e);
    }
  }

  private static Mat decoded(ByteBuffer content, ImageHeader header, int reduction, Mat target)
      throws InvalidImageException {
    ByteBuffer input =
        switch (header.format()) {
          case JPEG -> content;
          case PNG -> PngStructure.criticalChunks(content);
        };
    Mat decoded = opencv_imgcodecs.imdecode(OpenCv.row(input), flags(reduction), target);
    if (decoded.empty()
        || decoded.cols() != reduced(header.width(), reduction)
        || decoded.rows() != reduced(header.height(), reduction)) {
      throw damaged(header, null);
    }
    return target;
  }

  private static int flags(int reduction) {
    return switch (reduction) {
      // "Grey" is only the name of the bare scale; the flag for RGB decides on the colours.
      case 2 -> FLAGS | opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_2;
      case 4 -> FLAGS | opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_4;
      case MAX_REDUCTION -> FLAGS | opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_8;
      default -> FLAGS;
    };
  }

  private static int reduced(int side, int reduction) {
    return (side + reduction - 1) / reduction;
  }

  /**
   * The checks of {@link #decode} that need no decoding: format, complete structure, limit on
   * pixels.
   *
   * @throws InvalidImageException as {@link #decode(ByteBuffer)}
   */
  public ImageHeader check(ByteBuffer content) throws InvalidImageException {
    // The limit comes first: it is the better reason for a bomb that is truncated as well.
    ImageHeader header = ImageHeader.read(content);
    if (header.pixels() > maxPixels) {
      throw new ImageTooLargeException(
          "%s of %d×%d = %d pixels; the limit is %d"
              .formatted(
                  header.format(), header.width(), header.height(), header.pixels(), maxPixels));
    }
    return ImageHeader.readComplete(content);
  }

  private static InvalidImageException damaged(
      ImageHeader header, @Nullable RuntimeException cause) {
    return new InvalidImageException(
        "damaged %s: %d×%d pixels by its header, but it cannot be decoded"
            .formatted(header.format(), header.width(), header.height()),
        cause);
  }
}
