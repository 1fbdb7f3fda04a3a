package io.viewstream.local.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The loss of each step as a thin line, and its moving average as a strong one, in SVG. */
final class LossChart {

  private static final int WIDTH = 760;
  private static final int HEIGHT = 280;
  private static final int LEFT = 52;
  private static final int RIGHT = 12;
  private static final int TOP = 12;
  private static final int BOTTOM = 40;

  /** More points than this are drawn as means of neighbours: the picture has no more pixels. */
  private static final int MAX_POINTS = 600;

  private LossChart() {}

  /**
   * The chart; a sentence if there is no finite loss.
   *
   * @param losses by step
   * @param stepsPerEpoch a faint line is drawn where an epoch begins
   */
  static Html draw(List<Float> losses, int stepsPerEpoch) {
    List<double[]> points = points(losses);
    if (points.isEmpty()) {
      return new Html("<p>No step was trained.</p>");
    }
    double low = points.stream().mapToDouble(point -> point[1]).min().orElse(0);
    double high = points.stream().mapToDouble(point -> point[1]).max().orElse(1);
    ChartScale vertical = ChartScale.around(low, high, 5);
    ChartScale horizontal =
        new ChartScale(0, losses.size(), ChartScale.around(0, losses.size(), 6).step());
    StringBuilder svg = new StringBuilder();
    svg.append(
        Html.format(
                """
                <svg class="chart" viewBox="0 0 %s %s" role="img" aria-labelledby="loss-title loss-text">
                <title id="loss-title">Loss by training step</title>
                <desc id="loss-text">%s</desc>
                """,
                WIDTH, HEIGHT, description(points, losses.size()))
            .markup());
    for (double tick : vertical.ticks()) {
      double y = y(vertical, tick);
      svg.append(
          format(
              "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n",
              LEFT, WIDTH - RIGHT, y, y));
      svg.append(
          format(
              "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
              LEFT - 8, y + 4, vertical.label(tick)));
    }
    for (double tick = 0; tick <= losses.size(); tick += horizontal.step()) {
      svg.append(
          format(
              "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
              x(horizontal, tick), HEIGHT - BOTTOM + 18, horizontal.label(tick)));
    }
    svg.append(epochMarks(losses.size(), stepsPerEpoch, horizontal));
    svg.append(
        format(
            "<text class=\"tick\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">step</text>\n",
            (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 4));
    svg.append(polyline("loss-raw", points, horizontal, vertical));
    svg.append(polyline("loss-mean", smoothed(points), horizontal, vertical));
    return new Html(svg.append("</svg>").toString());
  }

  private static String description(List<double[]> points, int steps) {
    return String.format(
        Locale.ROOT,
        "The loss over %d steps begins at %.3f and ends at %.3f.",
        steps,
        points.getFirst()[1],
        points.getLast()[1]);
  }

  /** Pairs of step and loss, of finite losses alone; means of neighbours if there are many. */
  private static List<double[]> points(List<Float> losses) {
    int bucket = Math.max(1, (losses.size() + MAX_POINTS - 1) / MAX_POINTS);
    List<double[]> points = new ArrayList<>();
    for (int start = 0; start < losses.size(); start += bucket) {
      double sum = 0;
      int count = 0;
      int end = Math.min(losses.size(), start + bucket);
      for (int step = start; step < end; step++) {
        if (Float.isFinite(losses.get(step))) {
          sum += losses.get(step);
          count++;
        }
      }
      if (count > 0) {
        points.add(new double[] {(start + end + 1) / 2.0, sum / count});
      }
    }
    return points;
  }

  /** Means of a window around each point, cut off at both ends. */
  private static List<double[]> smoothed(List<double[]> points) {
    int reach = Math.max(1, points.size() / 24);
    List<double[]> means = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      int first = Math.max(0, i - reach);
      int last = Math.min(points.size() - 1, i + reach);
      double sum = 0;
      for (int j = first; j <= last; j++) {
        sum += points.get(j)[1];
      }
      means.add(new double[] {points.get(i)[0], sum / (last - first + 1)});
    }
    return means;
  }

  private static String epochMarks(int steps, int stepsPerEpoch, ChartScale horizontal) {
    StringBuilder marks = new StringBuilder();
    if (stepsPerEpoch > 0 && steps / stepsPerEpoch <= 60) {
      for (int step = stepsPerEpoch; step < steps; step += stepsPerEpoch) {
        double x = x(horizontal, step);
        marks.append(
            format(
                "<line class=\"epoch\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n",
                x, x, TOP, HEIGHT - BOTTOM));
      }
    }
    return marks.toString();
  }

  private static String polyline(
      String style, List<double[]> points, ChartScale horizontal, ChartScale vertical) {
    StringBuilder line = new StringBuilder("<polyline class=\"" + style + "\" points=\"");
    for (double[] point : points) {
      line.append(format("%.1f,%.1f ", x(horizontal, point[0]), y(vertical, point[1])));
    }
    return line.append("\"/>\n").toString();
  }

  private static double x(ChartScale scale, double value) {
    return LEFT + scale.position(value) * (WIDTH - LEFT - RIGHT);
  }

  private static double y(ChartScale scale, double value) {
    return HEIGHT - BOTTOM - scale.position(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
