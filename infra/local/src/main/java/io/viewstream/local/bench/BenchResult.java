package io.viewstream.local.bench;

import io.viewstream.kafka.command.JsonReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a benchmark found.
 *
 * @param benchmark its name
 * @param measured the stage itself
 * @param bounds what it is measured against, on the same images in the same process
 * @param details further numbers under keys of the report
 */
record BenchResult(
    String benchmark, Measurement measured, List<Measurement> bounds, Map<String, Object> details) {

  BenchResult {
    bounds = List.copyOf(bounds);
    details = new LinkedHashMap<>(details);
  }

  /** Everything, with the machine it was found on. */
  JsonReport report() {
    List<Map<String, Object>> against = new ArrayList<>();
    for (Measurement bound : bounds) {
      against.add(
          bound
              .report()
              .put("ratio", measured.ratioTo(bound))
              .put("cpuRatio", measured.cpuRatioTo(bound))
              .entries());
    }
    JsonReport report =
        new JsonReport()
            .put("benchmark", benchmark)
            .putAll(measured.report())
            .put("bounds", against);
    details.forEach(report::put);
    return report
        .put("processors", Runtime.getRuntime().availableProcessors())
        .put("java", Runtime.version().toString());
  }

  /** A table for a person. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-44s %12s %9s %14s %8s %8s%n",
            "",
            measured.unit() + "/s",
            "MB/s",
            "CPU s per 1000",
            "ratio",
            "per CPU"));
    text.append(line(measured, "", ""));
    for (Measurement bound : bounds) {
      text.append(
          line(
              bound,
              String.format(Locale.ROOT, "%.2f", measured.ratioTo(bound)),
              bound.cpuSeconds() == 0
                  ? ""
                  : String.format(Locale.ROOT, "%.2f", measured.cpuRatioTo(bound))));
    }
    details.forEach((key, value) -> text.append(key).append(": ").append(value).append('\n'));
    return text.toString().stripTrailing();
  }

  private static String line(Measurement run, String ratio, String cpuRatio) {
    return String.format(
        Locale.ROOT,
        "%-44s %12.1f %9s %14.3f %8s %8s%n",
        run.name(),
        run.perSecond(),
        run.bytes() == 0 ? "" : String.format(Locale.ROOT, "%.1f", run.bytesPerSecond() / 1e6),
        run.cpuSecondsPerThousand(),
        ratio,
        cpuRatio);
  }
}
