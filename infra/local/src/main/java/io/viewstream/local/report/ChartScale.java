package io.viewstream.local.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis with round numbers.
 *
 * @param from lowest value on the axis
 * @param to highest, above {@code from}
 * @param step between two ticks
 */
record ChartScale(double from, double to, double step) {

  /**
   * The smallest axis with round ends around some values.
   *
   * @param low lowest value
   * @param high highest value, at least {@code low}
   * @param ticks about how many steps it should have
   */
  static ChartScale around(double low, double high, int ticks) {
    double span = high > low ? high - low : Math.max(1e-6, Math.abs(high) * 0.1);
    double raw = span / ticks;
    double magnitude = Math.pow(10, Math.floor(Math.log10(raw)));
    double fraction = raw / magnitude;
    double step = magnitude * (fraction <= 1 ? 1 : fraction <= 2 ? 2 : fraction <= 5 ? 5 : 10);
    double from = Math.floor(low / step) * step;
    double to = Math.ceil(high / step) * step;
    return new ChartScale(from, to > from ? to : from + step, step);
  }

  /** The values of the ticks, both ends included. */
  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    long count = Math.round((to - from) / step);
    for (long i = 0; i <= count; i++) {
      ticks.add(from + i * step);
    }
    return ticks;
  }

  /** Where a value lies between both ends, in [0, 1]. */
  double position(double value) {
    return (value - from) / (to - from);
  }

  /** A tick's value with as many decimals as the step needs. */
  String label(double value) {
    int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
    // The first tick may be a hair below zero.
    double clean = Math.abs(value) < step * 1e-6 ? 0 : value;
    return String.format(Locale.ROOT, "%." + decimals + "f", clean);
  }
}
