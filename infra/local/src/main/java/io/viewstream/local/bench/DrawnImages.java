package io.viewstream.local.bench;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.RgbImage;
import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceEntry;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.SourceReader;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * JPEG images of a wanted size in bytes: shapes, drawn on this machine and equal on any. A
 * benchmark needs many, so that a limited number of pictures is drawn and each is used under
 * several names.
 */
final class DrawnImages {
  /** Pixels of a side for the square root of the bytes; leaves the quality room on both sides. */
  private static final double SIDE_FOR_ROOT_OF_BYTES = 1.6;

  private static final int SMALLEST_SIDE = 16;
  private static final int LARGEST_SIDE = 512;
  private static final int LOWEST_QUALITY = 1;
  private static final int HIGHEST_QUALITY = 100;

  private static final long DRAWN_BYTES = 8 * 1024 * 1024;
  private static final int FEWEST_DRAWN = 40;
  private static final int MOST_DRAWN = 2000;
  private static final int IMAGES_A_FOLDER = 1000;

  private final List<byte[]> contents;

  private DrawnImages(List<byte[]> contents) {
    this.contents = contents;
  }

  /**
   * Draws images whose mean size is as near to the wanted one as the encoder's quality allows.
   *
   * @param bytes wanted mean size of an image
   */
  static DrawnImages ofBytes(int bytes) {
    int side =
        Math.clamp(
            Math.round(SIDE_FOR_ROOT_OF_BYTES * Math.sqrt(bytes)), SMALLEST_SIDE, LARGEST_SIDE);
    List<RgbImage> pictures = draw(side, Math.clamp(DRAWN_BYTES / bytes, FEWEST_DRAWN, MOST_DRAWN));
    List<RgbImage> sample = pictures.subList(0, FEWEST_DRAWN);
    int low = LOWEST_QUALITY;
    int high = HIGHEST_QUALITY;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      if (encode(sample, middle).meanBytes() <= bytes) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return encode(pictures, low);
  }

  private static List<RgbImage> draw(int side, int count) {
    SourceOptions options =
        SourceOptions.DEFAULT.withShapes(new SourceOptions.Shapes(side, 1)).withLimit(count);
    ImageDecoder decoder = new ImageDecoder();
    List<RgbImage> pictures = new ArrayList<>();
    try (SourceReader reader = ImageSource.of(ImageSource.SHAPES, options).open()) {
      for (Optional<SourceEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
        if (next.get() instanceof SourceEntry.ImageFile file) {
          pictures.add(decoder.decode(file.content()));
        }
      }
    } catch (IOException | InvalidImageException e) {
      throw new IllegalStateException("Shapes can always be drawn", e);
    }
    return pictures;
  }

  private static DrawnImages encode(List<RgbImage> pictures, int quality) {
    return new DrawnImages(
        pictures.stream().map(picture -> ImageEncoder.jpeg(picture, quality)).toList());
  }

  /** Mean size of an image. */
  long meanBytes() {
    return contents.stream().mapToLong(content -> content.length).sum() / contents.size();
  }

  /** Writes so many images into an archive. */
  Path archive(Path file, long count) {
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(file))) {
      for (long i = 0; i < count; i++) {
        byte[] content = content(i);
        TarArchiveEntry entry = new TarArchiveEntry(path(i));
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw CommandException.failed("Cannot write " + file + ": " + Reason.of(e), e);
    }
    return file;
  }

  /** Writes so many images as files into sub-folders of a new folder. */
  Path folder(Path folder, long count) {
    try {
      for (long i = 0; i < count; i++) {
        Path file = folder.resolve(path(i));
        if (i % IMAGES_A_FOLDER == 0) {
          Files.createDirectories(file.getParent());
        }
        Files.write(file, content(i));
      }
    } catch (IOException e) {
      throw CommandException.failed("Cannot write below " + folder + ": " + Reason.of(e), e);
    }
    return folder;
  }

  private byte[] content(long index) {
    return contents.get((int) (index % contents.size()));
  }

  private static String path(long index) {
    return "%04d/%08d.jpg".formatted(index / IMAGES_A_FOLDER, index);
  }
}
