package io.viewstream.local.experiment;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.trainer.train.StopRequest;
import java.nio.file.Path;

/** Does what a cell asks for. */
interface CellRunner {

  /**
   * Trains and measures; takes up what an earlier call began in the same folder.
   *
   * @param folder of the cell, made if it is not there
   * @param stop ends it early; what is done by then is kept in the folder
   * @throws CommandException if it fails or was stopped; one line says why
   */
  CellResult run(Cell cell, Path folder, StopRequest stop);
}
