package io.viewstream.local.bench;

import io.viewstream.kafka.command.JsonReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Figures that each have an upper limit. Used by one thread. */
final class LimitedFigures {
  private final List<Map<String, Object>> rows = new ArrayList<>();

  /**
   * Adds a figure.
   *
   * @param limit what it must not exceed
   */
  void add(String name, String unit, double measured, double limit) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", name);
    row.put("unit", unit);
    row.put("measured", measured);
    row.put("limit", limit);
    row.put("ratio", limit / Math.max(1e-9, measured));
    rows.add(row);
  }

  /** The figures under the key {@code figures}. */
  JsonReport report(String benchmark) {
    return new JsonReport()
        .put("benchmark", benchmark)
        .put("figures", rows)
        .put("processors", Runtime.getRuntime().availableProcessors())
        .put("java", Runtime.version().toString());
  }

  /** A table for a person. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%-52s %10s %10s %7s%n", "", "measured", "limit", ""));
    for (Map<String, Object> row : rows) {
      double measured = (double) row.get("measured");
      double limit = (double) row.get("limit");
      text.append(
          String.format(
              Locale.ROOT,
              "%-52s %10.2f %10.2f %-7s %s%n",
              row.get("name"),
              measured,
              limit,
              row.get("unit"),
              measured <= limit ? "met" : "missed"));
    }
    return text.toString().stripTrailing();
  }
}
