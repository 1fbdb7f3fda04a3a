package io.viewstream.trainer.train;

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
   * @throws io.viewstream.trainer.train.checkpoint.CheckpointException if there is none
   */
  public Path file() {
    return CheckpointFolder.resolve(checkpoint);
  }

  /**
   * Reads it.
   *
   * @throws io.viewstream.trainer.train.checkpoint.CheckpointException if there is none, or it
   *     cannot be read
   */
  public Checkpoint read() {
    return Checkpoint.read(checkpoint);
  }
}
