package io.viewstream.imaging.augment;

import io.viewstream.imaging.PixelRows;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a box out of an image and scales it: a separable filter that ends at the edges of the box,
 * the result of its first pass rounded and clipped to 8 bits, as PIL does. Belongs to one thread.
 *
 * <p>PIL scales rows first, then columns. So does this class, and differs from PIL's pixels by one
 * level here and there, two at most; but where the box has more rows than an output of more than
 * {@value #PIL_ORDER_HEIGHT}, columns are scaled first, since that pass then leaves less for the
 * other: a crop to 224 pixels costs a quarter less. What overshoots is then clipped in the other
 * direction, so that single pixels at hard edges differ by a few levels; on photos 0.1 to 0.3 on
 * average. The columns' pass adds whole rows of floats, which the JIT compiler turns into vector
 * instructions. The rows' pass sums all three channels at once, as fields of one {@code long}.
 */
public final class ResizedCrop {

  /** Tables of boxes up to this size are kept; together they take a few megabytes at most. */
  private static final int KEPT_TABLES = 256;

  /** Height of the largest outputs that are always made in PIL's order. */
  private static final int PIL_ORDER_HEIGHT = 64;

  private final Interpolation interpolation;
  private final int outputHeight;
  private final int outputWidth;
  private final @Nullable FilterTable[] columnTables = new FilterTable[KEPT_TABLES + 1];
  private final @Nullable FilterTable[] rowTables = new FilterTable[KEPT_TABLES + 1];
  private final FilterTable largeColumnTable;
  private final FilterTable largeRowTable;
  private final PackedRow packed;
  private final RowWindow window = new RowWindow();
  private final PlanarImage narrowed = new PlanarImage();
  private byte[] bytes = new byte[0];
  private int[] levels = new int[0];

  /** Scales to that many pixels. */
  public ResizedCrop(Interpolation interpolation, int outputHeight, int outputWidth) {
    this.interpolation = interpolation;
    this.outputHeight = outputHeight;
    this.outputWidth = outputWidth;
    this.largeColumnTable = new FilterTable(interpolation, outputWidth);
    this.largeRowTable = new FilterTable(interpolation, outputHeight);
    this.packed = new PackedRow(outputWidth);
  }

  /**
   * Scales a part of the source.
   *
   * @param box a box inside the source
   * @param target gets the output's size and pixels
   */
  public void apply(PixelRows source, CropBox box, PlanarImage target) {
    apply(source, 1, box, false, target);
  }

  /**
   * Scales a part of a source that may have been reduced when it was decoded.
   *
   * @param reduction factor by which the source is smaller than the image that the box is meant for
   * @param box a box inside the image before its reduction
   * @param mirrored whether left and right are exchanged
   * @param target gets the output's size and pixels
   */
  public void apply(
      PixelRows source, int reduction, CropBox box, boolean mirrored, PlanarImage target) {
    Span columns = Span.of(box.left(), box.width(), reduction);
    Span rows = Span.of(box.top(), box.height(), reduction);
    if (columns.end() > source.width() || rows.end() > source.height()) {
      throw new IllegalArgumentException(
          "%s lies outside an image of %d x %d, reduced by %d"
              .formatted(box, source.width(), source.height(), reduction));
    }
    int rowBytes = columns.count() * 3;
    if (bytes.length < rowBytes) {
      bytes = new byte[rowBytes];
      levels = new int[rowBytes];
    }
    FilterTable columnTable = table(columnTables, largeColumnTable, columns);
    FilterTable rowTable = table(rowTables, largeRowTable, rows);
    target.resize(outputWidth, outputHeight);
    if (rows.count() > outputHeight && outputHeight > PIL_ORDER_HEIGHT) {
      columnsFirst(source, columns, rows, columnTable, rowTable, mirrored, target);
    } else {
      rowsFirst(source, columns, rows, columnTable, rowTable, mirrored, target);
    }
  }

  /** The pixels of one axis that a box touches; for a reduced image it begins within a pixel. */
  private record Span(int begin, int end, double offset, double size) {

    static Span of(int start, int size, int reduction) {
      int begin = start / reduction;
      int end = (start + size + reduction - 1) / reduction;
      return new Span(begin, end, (double) start / reduction - begin, (double) size / reduction);
    }

    int count() {
      return end - begin;
    }

    boolean whole() {
      return offset == 0 && size == count();
    }
  }

  private FilterTable table(@Nullable FilterTable[] kept, FilterTable large, Span span) {
    FilterTable table = large;
    if (span.whole() && span.count() <= KEPT_TABLES) {
      FilterTable known = kept[span.count()];
      table =
          known == null
              ? new FilterTable(interpolation, kept == columnTables ? outputWidth : outputHeight)
              : known;
      kept[span.count()] = table;
    }
    table.prepare(span.offset(), span.size(), span.count());
    return table;
  }

  private void columnsFirst(
      PixelRows source,
      Span columns,
      Span rows,
      FilterTable columnTable,
      FilterTable rowTable,
      boolean mirrored,
      PlanarImage target) {
    int values = columns.count() * 3;
    window.begin(rowTable.stride(), values);
    int read = 0;
    for (int y = 0; y < outputHeight; y++) {
      int end = rowTable.first(y) + rowTable.count(y);
      for (; read < end; read++) {
        source.copyRow(rows.begin() + read, columns.begin(), columns.count(), bytes);
        window.set(read, bytes);
      }
      window.sum(rowTable, y, levels);
      packed.pack(levels, columns.count());
      packed.scale(columnTable, mirrored, target.row(0, y), target.row(1, y), target.row(2, y));
    }
  }

  private void rowsFirst(
      PixelRows source,
      Span columns,
      Span rows,
      FilterTable columnTable,
      FilterTable rowTable,
      boolean mirrored,
      PlanarImage target) {
    narrowed.resize(outputWidth, rows.count());
    for (int y = 0; y < rows.count(); y++) {
      source.copyRow(rows.begin() + y, columns.begin(), columns.count(), bytes);
      packed.pack(bytes, columns.count());
      packed.scale(
          columnTable, mirrored, narrowed.row(0, y), narrowed.row(1, y), narrowed.row(2, y));
    }
    for (int channel = 0; channel < 3; channel++) {
      window.begin(rowTable.stride(), outputWidth);
      int read = 0;
      for (int y = 0; y < outputHeight; y++) {
        int end = rowTable.first(y) + rowTable.count(y);
        for (; read < end; read++) {
          window.set(read, narrowed.row(channel, read));
        }
        window.sum(rowTable, y, target.row(channel, y));
      }
    }
  }
}
