package io.viewstream.local.experiment;

import io.viewstream.trainer.train.TrainingRequest.EngineChoice;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What an experiment is to do.
 *
 * @param file that it was read from, to name it in messages
 * @param title of the report
 * @param output folder of results
 * @param cells trainings in the order in which they run; their ids differ
 * @param probe images that the features are measured on
 * @param engine device and threads of all cells
 * @param waitForViews how many images must have their views before a cell begins, if any
 */
public record Grid(
    Path file,
    String title,
    Path output,
    List<Cell> cells,
    ProbeImages probe,
    EngineChoice engine,
    OptionalInt waitForViews) {

  /** Copies the list. */
  public Grid {
    cells = List.copyOf(cells);
  }

  /** The same with another folder of results. */
  public Grid withOutput(Path other) {
    return new Grid(file, title, other, cells, probe, engine, waitForViews);
  }

  /**
   * Labelled images for the linear probe and the nearest neighbours.
   *
   * @param train folder, tar archive or shapes to learn from
   * @param test the same to be tested on
   * @param trainLimit how many are learned from at most, evenly spread
   * @param testLimit how many are tested at most, evenly spread
   */
  public record ProbeImages(
      String train, String test, OptionalLong trainLimit, OptionalLong testLimit) {}
}
