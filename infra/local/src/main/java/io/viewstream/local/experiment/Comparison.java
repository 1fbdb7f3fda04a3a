package io.viewstream.local.experiment;

import io.viewstream.local.report.SweepReport.Point;
import io.viewstream.trainer.train.MethodName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Results of cells that differ in their seed alone, put together. Each is also compared with p = 0
 * of the same method seed by seed: cells of one seed begin with the same network and see the images
 * in the same order, so that their difference spreads less than they do.
 *
 * @param method of all cells
 * @param arm of all cells, or empty
 * @param probability of all cells, as the grid writes it
 * @param results by seed, in the grid's order
 * @param baseline results of p = 0 by seed; empty if there is none
 */
record Comparison(
    MethodName method,
    String arm,
    String probability,
    Map<String, CellResult> results,
    Map<String, CellResult> baseline) {

  /** Groups in the order of their first cells. */
  static List<Comparison> of(Map<Cell, CellResult> results) {
    record Key(MethodName method, String arm, String probability) {}
    Map<Key, Map<String, CellResult>> groups = new LinkedHashMap<>();
    Map<MethodName, Map<String, CellResult>> baselines = new LinkedHashMap<>();
    results.forEach(
        (cell, result) -> {
          Key key = new Key(cell.method(), cell.arm(), cell.probability());
          groups.computeIfAbsent(key, any -> new LinkedHashMap<>()).put(cell.seed(), result);
          if (cell.arm().isEmpty() && result.measured().requested() == 0) {
            baselines
                .computeIfAbsent(cell.method(), any -> new LinkedHashMap<>())
                .put(cell.seed(), result);
          }
        });
    List<Comparison> comparisons = new ArrayList<>();
    groups.forEach(
        (key, group) ->
            comparisons.add(
                new Comparison(
                    key.method(),
                    key.arm(),
                    key.probability(),
                    group,
                    baselines.getOrDefault(key.method(), Map.of()))));
    return comparisons;
  }

  /** What is compared, as users read it. */
  String name() {
    return arm.isEmpty() ? "p = " + probability : arm;
  }

  Spread linearProbe() {
    return spread(result -> result.measured().linearProbe());
  }

  Spread nearestNeighbours() {
    return spread(result -> result.measured().nearestNeighbours());
  }

  Spread requested() {
    return spread(result -> result.measured().requested());
  }

  Spread achieved() {
    return spread(result -> result.measured().achieved());
  }

  /** Differences to p = 0, seed by seed; a dash where there is none, or this is it. */
  String difference(ToDoubleFunction<CellResult> measure) {
    List<Double> differences = new ArrayList<>();
    results.forEach(
        (seed, result) -> {
          CellResult other = baseline.get(seed);
          if (other != null && other != result) {
            differences.add(measure.applyAsDouble(result) - measure.applyAsDouble(other));
          }
        });
    return differences.isEmpty() ? "–" : Spread.of(differences).points();
  }

  /** The point of a chart. */
  Point point(ToDoubleFunction<CellResult> measure) {
    List<Double> values = results.values().stream().map(measure::applyAsDouble).toList();
    Spread spread = Spread.of(values);
    return new Point(
        method.text(), arm, requested().mean(), spread.mean(), spread.deviation(), values);
  }

  private Spread spread(ToDoubleFunction<CellResult> measure) {
    return Spread.of(results.values().stream().map(measure::applyAsDouble).toList());
  }
}
