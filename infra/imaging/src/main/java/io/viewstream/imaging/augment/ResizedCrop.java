package io.viewstream.imaging.augment;

import io.viewstream.imaging.RgbImage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a box out of an image and scales it, as PIL does: a separable filter, rows first, the result
 * of the rows rounded and clipped to 8 bits, then columns. The filter ends at the edges of the box,
 * not of the image. Belongs to one thread.
 */
public final class ResizedCrop {

  /** Tables of boxes up to this size are kept; together they take a few megabytes at most. */
  private static final int KEPT_TABLES = 256;

  private static final int ROUND = 1 << (FilterTable.PRECISION_BITS - 1);

  private final Interpolation interpolation;
  private final int outputHeight;
  private final int outputWidth;
  private final @Nullable FilterTable[] columnTables = new FilterTable[KEPT_TABLES + 1];
  private final @Nullable FilterTable[] rowTables = new FilterTable[KEPT_TABLES + 1];
  private final FilterTable largeColumnTable;
  private final FilterTable largeRowTable;
  private final PlanarImage narrowed = new PlanarImage();
  private final int[] sums;

  /** Scales to that many pixels. */
  public ResizedCrop(Interpolation interpolation, int outputHeight, int outputWidth) {
    this.interpolation = interpolation;
    this.outputHeight = outputHeight;
    this.outputWidth = outputWidth;
    this.largeColumnTable = new FilterTable(interpolation, outputWidth);
    this.largeRowTable = new FilterTable(interpolation, outputHeight);
    this.sums = new int[outputWidth];
  }

  /**
   * Scales a part of the source.
   *
   * @param box a box inside the source
   * @param target gets the output's size and pixels
   */
  public void apply(RgbImage source, CropBox box, PlanarImage target) {
    if (box.left() + box.width() > source.width() || box.top() + box.height() > source.height()) {
      throw new IllegalArgumentException(
          box + " lies outside an image of " + source.width() + " x " + source.height());
    }
    scaleRows(source, box, table(columnTables, largeColumnTable, outputWidth, box.width()));
    scaleColumns(target, table(rowTables, largeRowTable, outputHeight, box.height()));
  }

  private FilterTable table(
      @Nullable FilterTable[] kept, FilterTable large, int outputSize, int inputSize) {
    FilterTable table = large;
    if (inputSize <= KEPT_TABLES) {
      FilterTable known = kept[inputSize];
      table = known == null ? new FilterTable(interpolation, outputSize) : known;
      kept[inputSize] = table;
    }
    table.prepare(inputSize);
    return table;
  }

  private void scaleRows(RgbImage source, CropBox box, FilterTable table) {
    narrowed.resize(outputWidth, box.height());
    for (int y = 0; y < box.height(); y++) {
      int from = ((box.top() + y) * source.width() + box.left()) * 3;
      scaleRow(
          source.pixels(), from, table, narrowed.row(0, y), narrowed.row(1, y), narrowed.row(2, y));
    }
  }

  private void scaleRow(
      byte[] pixels, int row, FilterTable table, int[] reds, int[] greens, int[] blues) {
    int[] weights = table.weights();
    for (int x = 0; x < outputWidth; x++) {
      int red = ROUND;
      int green = ROUND;
      int blue = ROUND;
      int from = row + table.first(x) * 3;
      int weight = x * table.stride();
      int end = weight + table.count(x);
      for (; weight < end; weight++, from += 3) {
        int w = weights[weight];
        red += (pixels[from] & 0xff) * w;
        green += (pixels[from + 1] & 0xff) * w;
        blue += (pixels[from + 2] & 0xff) * w;
      }
      reds[x] = clip(red);
      greens[x] = clip(green);
      blues[x] = clip(blue);
    }
  }

  private void scaleColumns(PlanarImage target, FilterTable table) {
    target.resize(outputWidth, outputHeight);
    int[] weights = table.weights();
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < outputHeight; y++) {
        Arrays.fill(sums, ROUND);
        for (int t = 0; t < table.count(y); t++) {
          int weight = weights[y * table.stride() + t];
          addWeighted(narrowed.row(channel, table.first(y) + t), weight, sums);
        }
        clip(sums, target.row(channel, y));
      }
    }
  }

  private static void addWeighted(int[] row, int weight, int[] sums) {
    for (int x = 0; x < sums.length; x++) {
      sums[x] += row[x] * weight;
    }
  }

  private static void clip(int[] sums, int[] row) {
    for (int x = 0; x < sums.length; x++) {
      row[x] = clip(sums[x]);
    }
  }

  private static int clip(int sum) {
    return Math.max(0, Math.min(255, sum >> FilterTable.PRECISION_BITS));
  }
}
