package io.viewstream.local.experiment;

import io.viewstream.kafka.command.JsonReport;
import io.viewstream.kafka.command.WholeFile;
import io.viewstream.local.internal.ProjectVersion;
import io.viewstream.local.report.SweepChart;
import io.viewstream.local.report.SweepPage;
import io.viewstream.local.report.SweepReport;
import io.viewstream.local.report.SweepReport.Row;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * Writes what is known so far into the folder of results: {@code report.html}, {@code report.json},
 * {@code table.md} and a chart for each measure, {@code linear-probe.svg} and {@code
 * nearest-neighbours.svg}.
 */
final class ExperimentFiles {

  private final Grid grid;
  private final Clock clock;

  ExperimentFiles(Grid grid, Clock clock) {
    this.grid = grid;
    this.clock = clock;
  }

  ExperimentOutcome write(Map<Cell, CellResult> results, List<String> failures) {
    List<Comparison> comparisons = Comparison.of(results);
    SweepReport report = sweep(results, comparisons, failures);
    Path page = grid.output().resolve("report.html");
    String table = table(report);
    JsonReport json = json(results, comparisons, failures);
    WholeFile.writeText(page, SweepPage.write(report));
    WholeFile.writeText(grid.output().resolve("table.md"), table);
    WholeFile.writeText(
        grid.output().resolve("linear-probe.svg"), SweepChart.standalone(report.linearProbe()));
    WholeFile.writeText(
        grid.output().resolve("nearest-neighbours.svg"),
        SweepChart.standalone(report.nearestNeighbours()));
    json.write(Optional.of(grid.output().resolve("report.json")));
    return new ExperimentOutcome(page, table, json, failures);
  }

  private SweepReport sweep(
      Map<Cell, CellResult> results, List<Comparison> comparisons, List<String> failures) {
    double chance = results.values().iterator().next().measured().chance();
    List<Row> rows = new ArrayList<>();
    for (Comparison comparison : comparisons) {
      rows.add(
          new Row(
              comparison.method().text(),
              comparison.name(),
              String.format(Locale.ROOT, "%.1f", 100 * comparison.requested().mean()),
              comparison.achieved().percent(),
              comparison.linearProbe().percent(),
              comparison.difference(result -> result.measured().linearProbe()),
              comparison.nearestNeighbours().percent(),
              comparison.difference(result -> result.measured().nearestNeighbours()),
              comparison.results().size()));
    }
    return new SweepReport(
        grid.title(),
        ZonedDateTime.now(clock),
        "%d core%s, %s, Java %d"
            .formatted(
                Runtime.getRuntime().availableProcessors(),
                Runtime.getRuntime().availableProcessors() == 1 ? "" : "s",
                System.getProperty("os.name"),
                Runtime.version().feature()),
        ProjectVersion.current(),
        results.size(),
        grid.cells().size(),
        chart("Linear probe", comparisons, chance, result -> result.measured().linearProbe()),
        chart(
            "Nearest neighbours",
            comparisons,
            chance,
            result -> result.measured().nearestNeighbours()),
        rows,
        common(),
        arms(),
        failures);
  }

  private static SweepReport.Sweep chart(
      String measure,
      List<Comparison> comparisons,
      double chance,
      ToDoubleFunction<CellResult> value) {
    return new SweepReport.Sweep(
        measure, chance, comparisons.stream().map(comparison -> comparison.point(value)).toList());
  }

  /** Settings that all cells have in common. */
  private Map<String, String> common() {
    Map<String, String> common = new LinkedHashMap<>(grid.cells().getFirst().values().plain());
    for (Cell cell : grid.cells()) {
      Map<String, String> values = cell.values().plain();
      common.entrySet().removeIf(entry -> !entry.getValue().equals(values.get(entry.getKey())));
    }
    return common;
  }

  /** What each arm sets otherwise than the first cell of the sweep does. */
  private Map<String, String> arms() {
    Map<String, String> usual = grid.cells().getFirst().values().plain();
    Map<String, String> arms = new LinkedHashMap<>();
    for (Cell cell : grid.cells()) {
      if (!cell.arm().isEmpty() && cell.method() == grid.cells().getFirst().method()) {
        List<String> changes = new ArrayList<>();
        new TreeMap<>(cell.values().plain())
            .forEach(
                (key, value) -> {
                  if (!value.equals(usual.get(key)) && !key.equals("seed")) {
                    changes.add(key + "=" + value);
                  }
                });
        arms.put(cell.arm(), String.join(", ", changes));
      }
    }
    return arms;
  }

  private static String table(SweepReport report) {
    StringBuilder table = new StringBuilder();
    table.append(
        """
        | method | second view | synthetic, asked / achieved (%) | linear probe (%) | against p = 0 | nearest neighbours (%) | against p = 0 | seeds |
        |---|---|---|---|---|---|---|---|
        """);
    for (Row row : report.rows()) {
      table.append(
          "| %s | %s | %s / %s | %s | %s | %s | %s | %d |%n"
              .formatted(
                  row.method(),
                  row.name(),
                  row.requested(),
                  row.achieved(),
                  row.linearProbe(),
                  row.linearProbeDifference(),
                  row.nearestNeighbours(),
                  row.nearestNeighboursDifference(),
                  row.seeds()));
    }
    return table.toString();
  }

  private JsonReport json(
      Map<Cell, CellResult> results, List<Comparison> comparisons, List<String> failures) {
    List<Object> rows = new ArrayList<>();
    for (Comparison comparison : comparisons) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("method", comparison.method().text());
      row.put("arm", comparison.arm());
      row.put("generativeProbability", comparison.probability());
      row.put("syntheticFractionRequested", comparison.requested().mean());
      row.put("syntheticFractionAchieved", comparison.achieved().mean());
      put(row, "linearProbeTop1", comparison.linearProbe());
      put(row, "knnTop1", comparison.nearestNeighbours());
      row.put("seeds", new TreeSet<>(comparison.results().keySet()));
      rows.add(row);
    }
    Map<String, Object> cells = new LinkedHashMap<>();
    results.forEach((cell, result) -> cells.put(cell.id(), result.toMap()));
    return new JsonReport()
        .put("title", grid.title())
        .put("finishedAt", ZonedDateTime.now(clock).toOffsetDateTime().toString())
        .put("version", ProjectVersion.current())
        .put("cellsDone", results.size())
        .put("cellsAsked", grid.cells().size())
        .put("comparisons", rows)
        .put("cells", cells)
        .put("failures", failures);
  }

  private static void put(Map<String, Object> row, String key, Spread spread) {
    row.put(key, spread.mean());
    if (spread.count() > 1) {
      row.put(key + "Deviation", spread.deviation());
    }
  }
}
