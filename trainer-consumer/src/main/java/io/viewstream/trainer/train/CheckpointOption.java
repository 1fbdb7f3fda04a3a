package io.viewstream.trainer.train;

import io.viewstream.trainer.train.checkpoint.CheckpointException;
import io.viewstream.trainer.train.checkpoint.CheckpointFolder;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The checkpoint that a command takes; a picocli mixin. */
public final class CheckpointOption {

  @Option(
      names = "--checkpoint",
      required = true,
      paramLabel = "FILE|DIR",
      description = "A checkpoint, or a training's folder, whose newest is taken.")
  private Path checkpoint = Path.of("viewstream-training");

  /**
   * Its file.
   *
   * @throws CheckpointException if there is none, naming the option
   */
  public Path file() {
    try {
      return CheckpointFolder.resolve(checkpoint);
    } catch (CheckpointException e) {
      throw new CheckpointException(
          "--checkpoint %s; name a file checkpoint-….safetensors, or the --checkpoint-dir of a training that has saved one"
              .formatted(e.getMessage()),
          e);
    }
  }

  /**
   * Reads it.
   *
   * @throws CheckpointException if there is none, or it cannot be read
   */
  public Checkpoint read() {
    return Checkpoint.read(file());
  }
}
