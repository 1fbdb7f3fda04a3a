package io.viewstream.trainer.export;

import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.JsonReport;
import io.viewstream.kafka.command.OutputOptions;
import io.viewstream.trainer.train.Checkpoint;
import io.viewstream.trainer.train.CheckpointOption;
import io.viewstream.trainer.train.EngineException;
import io.viewstream.trainer.train.SettingsException;
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.checkpoint.CheckpointException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code viewstream export}: the backbone of a checkpoint for other programs. */
@Command(
    name = "export",
    description = {
      "Writes the backbone of a checkpoint as safetensors, with torchvision's parameter names.",
      "Needs no Kafka. infra/models/to_onnx.py makes an ONNX file of what it writes."
    })
public final class ExportCommand implements Callable<Integer> {
  @Mixin private OutputOptions common = new OutputOptions();

  @Mixin private CheckpointOption checkpoint = new CheckpointOption();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE.safetensors",
      description = "Where the backbone goes.")
  private Path output = Path.of("backbone.safetensors");

  @Option(names = "--overwrite", description = "Replace the file if it is there.")
  private boolean overwrite;

  @Override
  public Integer call() {
    if (!output.toString().endsWith(".safetensors")) {
      throw CommandException.usage(
          "--output is %s; the name must end in .safetensors".formatted(output));
    }
    BackboneExport backbone = export();
    long scalars =
        backbone.tensors().values().stream().mapToLong(tensor -> tensor.shape().size()).sum();
    new JsonReport()
        .put("output", output.toString())
        .put("tensors", backbone.tensors().size())
        .put("scalars", scalars)
        .put("steps", backbone.steps())
        .put("metadata", backbone.metadata())
        .write(common.report());
    System.out.printf(
        "%s: %s of width %s with the %s stem after %d steps of %s, %d tensors, %d scalars%n",
        output,
        backbone.metadata().get("architecture"),
        backbone.metadata().get("width"),
        backbone.metadata().get("stem"),
        backbone.steps(),
        backbone.metadata().get("method"),
        backbone.tensors().size(),
        scalars);
    return 0;
  }

  private BackboneExport export() {
    try {
      OutputFile file = OutputFile.of(output, overwrite);
      Checkpoint saved = checkpoint.read();
      try (TrainingEngine engine = TrainingEngine.start("cpu", 0)) {
        BackboneExport backbone = BackboneExport.of(engine, saved);
        backbone.write(file);
        return backbone;
      }
    } catch (ExportException | CheckpointException | EngineException | SettingsException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()), e);
    }
  }
}
