package io.viewstream.local.inspect;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.ImageScaler;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.RgbImage;
import io.viewstream.schemas.SyntheticView;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Draws source images beside their views: one row for each image, the source at the left, apart
 * from its views by a wider gap. No text, so that it needs no fonts. Stateless.
 */
public final class ContactSheet {

  /** Side of a cell in pixels. Smaller images grow by a whole factor, larger ones shrink. */
  private static final int CELL = 96;

  private static final int GAP = 6;
  private static final int SOURCE_GAP = 22;
  private static final int PAPER = 0xf4f4f2;
  private static final int UNREADABLE = 0xd0d0cc;

  private ContactSheet() {}

  /**
   * The sheet.
   *
   * @param samples the rows
   * @return an image as wide as the most views of a row need; of one empty row if there is none
   */
  public static RgbImage draw(List<ImageSample> samples) {
    int columns = samples.stream().mapToInt(sample -> sample.views().size()).max().orElse(0);
    int width = GAP + CELL + (columns == 0 ? 0 : SOURCE_GAP - GAP) + columns * (CELL + GAP) + GAP;
    int height = GAP + Math.max(1, samples.size()) * (CELL + GAP);
    RgbImage sheet = RgbImage.filled(width, height, PAPER);
    for (int row = 0; row < samples.size(); row++) {
      ImageSample sample = samples.get(row);
      int top = GAP + row * (CELL + GAP);
      paste(sheet, cell(sample.source().getContent()), GAP, top);
      int left = GAP + CELL + SOURCE_GAP;
      for (SyntheticView view : sample.views()) {
        paste(sheet, cell(view.getContent()), left, top);
        left += CELL + GAP;
      }
    }
    return sheet;
  }

  private static RgbImage cell(ByteBuffer content) {
    try {
      RgbImage image = new ImageDecoder().decode(content);
      int side = Math.max(image.width(), image.height());
      return side > CELL ? ImageScaler.shrinkToFit(image, CELL) : enlarged(image, CELL / side);
    } catch (InvalidImageException e) {
      return RgbImage.filled(CELL, CELL, UNREADABLE);
    }
  }

  /** Every pixel becomes a square, so that small images show what they are. */
  private static RgbImage enlarged(RgbImage image, int factor) {
    int width = image.width() * factor;
    byte[] pixels = new byte[width * image.height() * factor * RgbImage.CHANNELS];
    int rowBytes = width * RgbImage.CHANNELS;
    for (int y = 0; y < image.height(); y++) {
      int rowStart = y * factor * rowBytes;
      for (int x = 0; x < width; x++) {
        System.arraycopy(
            image.pixels(),
            (y * image.width() + x / factor) * RgbImage.CHANNELS,
            pixels,
            rowStart + x * RgbImage.CHANNELS,
            RgbImage.CHANNELS);
      }
      for (int copy = 1; copy < factor; copy++) {
        System.arraycopy(pixels, rowStart, pixels, rowStart + copy * rowBytes, rowBytes);
      }
    }
    return new RgbImage(width, image.height() * factor, pixels);
  }

  /** Writes into the sheet's own pixels, which nobody else has seen yet. */
  private static void paste(RgbImage sheet, RgbImage cell, int left, int top) {
    int x = left + (CELL - cell.width()) / 2;
    int y = top + (CELL - cell.height()) / 2;
    int rowBytes = cell.width() * RgbImage.CHANNELS;
    for (int row = 0; row < cell.height(); row++) {
      System.arraycopy(
          cell.pixels(),
          row * rowBytes,
          sheet.pixels(),
          ((y + row) * sheet.width() + x) * RgbImage.CHANNELS,
          rowBytes);
    }
  }
}
