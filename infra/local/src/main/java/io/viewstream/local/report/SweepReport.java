package io.viewstream.local.report;

import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;

/**
 * All that an experiment tells.
 *
 * @param title of the grid
 * @param finishedAt when, in the user's time zone
 * @param machine such as {@code 2 cores, Linux, Java 25}
 * @param version of this build
 * @param cellsDone trainings that have a result
 * @param cellsAsked trainings of the grid
 * @param linearProbe accuracy of the linear probe
 * @param nearestNeighbours accuracy of the nearest neighbours' vote
 * @param rows of the table
 * @param settings that all cells share, by name
 * @param arms what each arm sets otherwise, by its name
 * @param failures one line for each cell that failed
 */
public record SweepReport(
    String title,
    ZonedDateTime finishedAt,
    String machine,
    String version,
    int cellsDone,
    int cellsAsked,
    Sweep linearProbe,
    Sweep nearestNeighbours,
    List<Row> rows,
    Map<String, String> settings,
    Map<String, String> arms,
    List<String> failures) {

  /** Copies the lists. */
  public SweepReport {
    rows = List.copyOf(rows);
    failures = List.copyOf(failures);
  }

  /**
   * One measure of all cells.
   *
   * @param measure its name, such as {@code Linear probe}
   * @param chance what guessing gives, in [0, 1]
   * @param points in the grid's order
   */
  public record Sweep(String measure, double chance, List<Point> points) {

    /** Copies the list. */
    public Sweep {
      points = List.copyOf(points);
    }
  }

  /**
   * Cells that differ in their seed alone. Fractions and accuracies in [0, 1].
   *
   * @param method as users write it
   * @param arm its name, or empty for a point of the sweep
   * @param probability that a view is synthetic
   * @param mean over the seeds
   * @param deviation sample standard deviation; NaN for one seed
   * @param values of the seeds
   */
  public record Point(
      String method,
      String arm,
      double probability,
      double mean,
      double deviation,
      List<Double> values) {

    /** Copies the list. */
    public Point {
      values = List.copyOf(values);
    }

    boolean isArm() {
      return !arm.isEmpty();
    }
  }

  /**
   * A row of the table, as it is read; percentages with their spread.
   *
   * @param method as users write it
   * @param name such as {@code p = 0.5}, or that of an arm
   * @param requested percentage of synthetic views that was asked for
   * @param achieved percentage that it came to
   * @param linearProbe accuracy
   * @param linearProbeDifference to p = 0, in points
   * @param nearestNeighbours accuracy
   * @param nearestNeighboursDifference to p = 0, in points
   * @param seeds that are done
   */
  public record Row(
      String method,
      String name,
      String requested,
      String achieved,
      String linearProbe,
      String linearProbeDifference,
      String nearestNeighbours,
      String nearestNeighboursDifference,
      int seeds) {}
}
