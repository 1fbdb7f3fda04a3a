package io.viewstream.local.experiment;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.local.experiment.CellResult.Measured;
import io.viewstream.local.experiment.Grid.ProbeImages;
import io.viewstream.trainer.train.SettingKey;
import io.viewstream.trainer.train.StopRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Results without training: more synthetic views and higher seeds are better. */
final class ScriptedCells implements CellRunner {

  final List<String> ran = new ArrayList<>();
  final Set<String> failing = new HashSet<>();
  Runnable beforeEach = () -> {};
  private final ProbeImages probe;

  ScriptedCells(ProbeImages probe) {
    this.probe = probe;
  }

  @Override
  public CellResult run(Cell cell, Path folder, StopRequest stop) {
    ran.add(cell.id());
    beforeEach.run();
    if (stop.isRequested()) {
      throw CommandException.interrupted("Stopped after step 3");
    }
    if (failing.contains(cell.id())) {
      throw CommandException.failed("The loss is no number");
    }
    double probability = Double.parseDouble(cell.probability());
    double seed = Double.parseDouble(cell.seed());
    return new CellResult(
        cell.values().plain(),
        probe,
        new Measured(
            0.40 + 0.1 * probability + 0.01 * seed,
            0.30 + 0.05 * probability,
            0.1,
            probability,
            probability * 0.98,
            cell.values().integer(SettingKey.EPOCHS, 1, 1000),
            5,
            4,
            60,
            5.4,
            "run"));
  }
}
