package io.viewstream.local.experiment;

import java.util.List;
import java.util.Locale;

/**
 * Some numbers by their mean and spread.
 *
 * @param mean of the numbers
 * @param deviation the sample standard deviation (divided by one less than their count); NaN for
 *     fewer than two
 * @param count how many
 */
record Spread(double mean, double deviation, int count) {

  /** Of at least one number. */
  static Spread of(List<Double> numbers) {
    if (numbers.isEmpty()) {
      throw new IllegalArgumentException("There is no mean of no numbers");
    }
    double mean = numbers.stream().mapToDouble(Double::doubleValue).sum() / numbers.size();
    double squares = 0;
    for (double number : numbers) {
      squares += (number - mean) * (number - mean);
    }
    return new Spread(
        mean,
        numbers.size() < 2 ? Double.NaN : Math.sqrt(squares / (numbers.size() - 1)),
        numbers.size());
  }

  /** Of fractions, in percent. */
  String percent() {
    return text("%.1f");
  }

  /** Of differences of fractions, in percentage points with their sign. */
  String points() {
    return text("%+.1f");
  }

  private String text(String format) {
    String text = String.format(Locale.ROOT, format, 100 * mean);
    return count < 2 ? text : text + String.format(Locale.ROOT, " ± %.1f", 100 * deviation);
  }
}
