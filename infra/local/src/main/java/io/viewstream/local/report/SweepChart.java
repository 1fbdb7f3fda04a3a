package io.viewstream.local.report;

import io.viewstream.local.report.SweepReport.Point;
import io.viewstream.local.report.SweepReport.Sweep;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Accuracy over the probability of a synthetic view, in SVG: the paper's figure 4. Each method is a
 * line through the means over its seeds, with bars of one standard deviation and a faint dot for
 * each seed. Dashed lines are chance and each method's p = 0; the arms stand to the right. Colours
 * are its own, so that the same file can stand alone.
 */
public final class SweepChart {

  private static final int WIDTH = 760;
  private static final int HEIGHT = 400;
  private static final int LEFT = 56;
  private static final int RIGHT = 16;
  private static final int TOP = 40;
  private static final int BOTTOM = 72;
  private static final double ARM_SHARE = 0.15;
  private static final double MIN_SWEEP_SHARE = 0.25;
  private static final int CHARACTERS_OF_LABEL = 13;

  /** Told apart with any colour vision (Okabe and Ito 2008). */
  private static final List<String> COLOURS =
      List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b38600");

  private static final String STYLE =
      """
      <style>
      text { font: 12px system-ui, sans-serif; fill: #444c54; }
      .paper { fill: #ffffff; }
      .grid { stroke: #e3e6e4; }
      .guide { stroke-dasharray: 5 4; fill: none; }
      .chance { stroke: #777f86; }
      .name { font-weight: 600; font-size: 13px; fill: #1d2329; }
      .line { fill: none; stroke-width: 2; }
      .bar { stroke-width: 1.5; }
      .seed { fill-opacity: .35; }
      </style>
      """;

  private final Sweep sweep;
  private final List<String> methods;
  private final List<String> arms;
  private final ChartScale vertical;
  private final StringBuilder svg = new StringBuilder();

  private SweepChart(Sweep sweep) {
    this.sweep = sweep;
    this.methods = sweep.points().stream().map(Point::method).distinct().toList();
    this.arms = sweep.points().stream().filter(Point::isArm).map(Point::arm).distinct().toList();
    double low = sweep.chance();
    double high = sweep.chance();
    for (Point point : sweep.points()) {
      double reach = Double.isNaN(point.deviation()) ? 0 : point.deviation();
      low = Math.min(low, point.mean() - reach);
      high = Math.max(high, point.mean() + reach);
      for (double value : point.values()) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    this.vertical = ChartScale.around(Math.max(0, 100 * low - 1), 100 * high, 6);
  }

  /** The chart as a file of its own. */
  public static String standalone(Sweep sweep) {
    return draw(sweep).markup() + "\n";
  }

  /** The chart for a page. */
  static Html draw(Sweep sweep) {
    return new Html(new SweepChart(sweep).draw());
  }

  private String draw() {
    svg.append(
        Html.format(
                """
                <svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 %s %s" role="img">
                <title>%s by the probability of a synthetic view</title>
                <desc>%s</desc>
                """,
                WIDTH, HEIGHT, sweep.measure(), description())
            .markup());
    svg.append(STYLE);
    add("<rect class=\"paper\" width=\"%d\" height=\"%d\" rx=\"8\"/>", WIDTH, HEIGHT);
    axes();
    guides();
    for (int method = 0; method < methods.size(); method++) {
      line(method);
    }
    sweep.points().forEach(this::point);
    legend();
    return svg.append("</svg>").toString();
  }

  private String description() {
    List<String> parts = new ArrayList<>();
    for (Point point : sweep.points()) {
      parts.add(
          String.format(
              Locale.ROOT,
              "%s %s: %.1f %%",
              point.method(),
              point.isArm()
                  ? point.arm()
                  : String.format(Locale.ROOT, "p %.2f", point.probability()),
              100 * point.mean()));
    }
    return String.join("; ", parts)
        + String.format(Locale.ROOT, "; chance %.1f %%.", 100 * sweep.chance());
  }

  private void axes() {
    for (double tick : vertical.ticks()) {
      add(
          "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
          LEFT, WIDTH - RIGHT, y(tick / 100), y(tick / 100));
      add(
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          LEFT - 8, y(tick / 100) + 4, vertical.label(tick));
    }
    List<Double> probabilities =
        sweep.points().stream()
            .filter(point -> !point.isArm())
            .map(Point::probability)
            .distinct()
            .sorted()
            .toList();
    for (double probability : probabilities) {
      add(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
          x(probability), HEIGHT - BOTTOM + 20, number(probability));
    }
    add(
        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">probability p of a synthetic view</text>",
        x(0.5), HEIGHT - BOTTOM + 44);
    for (int arm = 0; arm < arms.size(); arm++) {
      int row = 0;
      for (String part : wrapped(arms.get(arm))) {
        svg.append(
            Html.format(
                    "<text x=\"%s\" y=\"%s\" text-anchor=\"middle\">%s</text>\n",
                    String.format(Locale.ROOT, "%.1f", armX(arm)),
                    HEIGHT - BOTTOM + 20 + 15 * row++,
                    part)
                .markup());
      }
    }
    if (!arms.isEmpty()) {
      double x = sweepEnd() + 20;
      add(
          "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>",
          x, x, TOP, HEIGHT - BOTTOM);
    }
  }

  /** Chance, and what each method comes to without synthetic views. */
  private void guides() {
    guide(sweep.chance(), "#777f86", "chance");
    for (Point point : sweep.points()) {
      if (!point.isArm() && point.probability() == 0) {
        guide(point.mean(), colour(point), "");
      }
    }
  }

  private void guide(double value, String colour, String label) {
    add(
        "<line class=\"guide\" stroke=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
        colour, LEFT, WIDTH - RIGHT, y(value), y(value));
    if (!label.isEmpty()) {
      add(
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          WIDTH - RIGHT - 4, y(value) - 5, label);
    }
  }

  private void line(int method) {
    List<Point> points =
        sweep.points().stream()
            .filter(point -> !point.isArm() && point.method().equals(methods.get(method)))
            .sorted(Comparator.comparingDouble(Point::probability))
            .toList();
    StringBuilder places = new StringBuilder();
    for (Point point : points) {
      places.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point), y(point.mean())));
    }
    add(
        "<polyline class=\"line\" stroke=\"%s\" points=\"%s\"/>",
        COLOURS.get(method % COLOURS.size()), places);
  }

  private void point(Point point) {
    double x = x(point);
    String colour = colour(point);
    if (!Double.isNaN(point.deviation())) {
      double top = y(point.mean() + point.deviation());
      double bottom = y(point.mean() - point.deviation());
      add(
          "<path class=\"bar\" stroke=\"%s\" d=\"M%.1f %.1fV%.1fM%.1f %.1fh8M%.1f %.1fh8\"/>",
          colour, x, top, bottom, x - 4, top, x - 4, bottom);
    }
    for (double value : point.values()) {
      add(
          "<circle class=\"seed\" fill=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>",
          colour, x + 11, y(value));
    }
    if (point.isArm()) {
      add("<path fill=\"%s\" d=\"M%.1f %.1fl6 6l-6 6l-6 -6z\"/>", colour, x, y(point.mean()) - 6);
    } else {
      add("<circle fill=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"/>", colour, x, y(point.mean()));
    }
  }

  private void legend() {
    svg.append(
        Html.format(
                "<text class=\"name\" x=\"%s\" y=\"24\">%s, %%</text>\n",
                LEFT - 40, sweep.measure())
            .markup());
    double x = WIDTH - RIGHT;
    x -= 196;
    add("<text x=\"%.1f\" y=\"24\">bar: one deviation · dot: a seed</text>", x);
    x -= 84;
    add(
        "<path class=\"guide\" stroke=\"%s\" d=\"M%.1f 20h26\"/><text x=\"%.1f\" y=\"24\">p = 0</text>",
        methods.isEmpty() ? "#444c54" : COLOURS.getFirst(), x, x + 32);
    for (int method = methods.size() - 1; method >= 0; method--) {
      x -= 30 + 7 * methods.get(method).length();
      svg.append(
          Html.format(
                  "<circle fill=\"%s\" cx=\"%s\" cy=\"20\" r=\"5\"/><text x=\"%s\" y=\"24\">%s</text>\n",
                  COLOURS.get(method % COLOURS.size()),
                  String.format(Locale.ROOT, "%.1f", x),
                  String.format(Locale.ROOT, "%.1f", x + 10),
                  methods.get(method))
              .markup());
    }
  }

  private String colour(Point point) {
    return COLOURS.get(methods.indexOf(point.method()) % COLOURS.size());
  }

  private double x(Point point) {
    // Methods stand beside each other, so that their bars can be told apart.
    double aside = 26 * (methods.indexOf(point.method()) - (methods.size() - 1) / 2.0);
    return (point.isArm() ? armX(arms.indexOf(point.arm())) : x(point.probability())) + aside;
  }

  private double x(double probability) {
    return LEFT + 24 + probability * (sweepEnd() - LEFT - 48);
  }

  private double sweepEnd() {
    // An arm needs the room of its name.
    double share = Math.max(MIN_SWEEP_SHARE, 1 - ARM_SHARE * arms.size());
    return LEFT + (WIDTH - LEFT - RIGHT) * share;
  }

  private double armX(int arm) {
    double from = sweepEnd() + 20;
    return from + (WIDTH - RIGHT - from) * (arm + 0.5) / arms.size();
  }

  private double y(double fraction) {
    return HEIGHT - BOTTOM - vertical.position(100 * fraction) * (HEIGHT - TOP - BOTTOM);
  }

  /** An arm's name in lines that fit below their point. */
  private static List<String> wrapped(String name) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : name.split("(?<=-)")) {
      if (!line.isEmpty() && line.length() + word.length() > CHARACTERS_OF_LABEL) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.valueOf((long) value)
        : String.valueOf(Math.round(value * 1000) / 1000.0);
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
