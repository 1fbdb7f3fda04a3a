package io.viewstream.generators.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint folder, exported by infra/models/unclip and run here. */
class UnclipExportTest {

  private static final Path SCRIPTS = Path.of("../../infra/models/unclip").toAbsolutePath();
  private static final String PYTHON = "/usr/bin/python3";

  @TempDir Path folder;

  private Path checkpoint;

  @BeforeEach
  void writeCheckpoint() throws Exception {
    assumeTrue(
        run(List.of(PYTHON, "-c", "import torch, onnx, numpy, PIL")).code() == 0,
        "python3 with torch, onnx, numpy and PIL (Debian: python3-torch, python3-onnx,"
            + " python3-numpy, python3-pil) is not installed");
    checkpoint = folder.resolve("checkpoint");
    script("tiny.py", checkpoint.toString());
  }

  /** With the options that the committed package was made without. */
  @Test
  void shouldRunWhatItExports() throws Exception {
    Path zip = folder.resolve("package.zip");
    Path reference = folder.resolve("reference.json");
    script("reference.py", checkpoint.toString(), reference.toString());
    script(
        "export.py",
        checkpoint.toString(),
        zip.toString(),
        "--id",
        "exported",
        "--licence",
        "openrail++",
        "--resolution",
        "9",
        "--scalar-timestep",
        "--max-single-file-bytes",
        "10000");
    UnclipReference expected = UnclipReference.read(reference);
    expected.checkViews(expected.variants().getFirst(), zip);
  }

  @Test
  void shouldNameWhatIsWrongWithACheckpoint() throws Exception {
    Path configuration = checkpoint.resolve("unet/config.json");
    String content = Files.readString(configuration);
    Files.writeString(configuration, content.replace("\"projection\"", "\"timestep\""));
    assertThat(failure())
        .isEqualTo(
            "%s: class_embed_type is \"timestep\", only \"projection\" is supported"
                .formatted(configuration));

    Files.writeString(
        configuration, content.replace("\"layers_per_block\": 1", "\"layers_per_block\": 2"));
    assertThat(failure())
        .startsWith(configuration.getParent() + ": the weights have no down_blocks.0.resnets.1.");

    Path weights = checkpoint.resolve("image_encoder/model.safetensors");
    Files.writeString(weights, "no weights");
    assertThat(failure()).isEqualTo(weights + " is not a safetensors file: it has no header");
  }

  private String failure() throws IOException, InterruptedException {
    Outcome outcome =
        run(
            command(
                "export.py",
                checkpoint.toString(),
                folder.resolve("bad").toString(),
                "--id",
                "bad",
                "--licence",
                "none"));
    assertThat(outcome.code()).as(outcome.output()).isEqualTo(1);
    assertThat(folder.resolve("bad")).doesNotExist();
    return outcome.output();
  }

  private static void script(String name, String... arguments)
      throws IOException, InterruptedException {
    Outcome outcome = run(command(name, arguments));
    assertThat(outcome.code()).as(outcome.output()).isZero();
  }

  private static List<String> command(String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of(PYTHON, SCRIPTS.resolve(script).toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private record Outcome(int code, String output) {}

  /** A program that is not there counts as one that failed. */
  private static Outcome run(List<String> command) throws InterruptedException {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("OMP_NUM_THREADS", "1");
      builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
      Process process = builder.start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Outcome(process.waitFor(), output);
    } catch (IOException e) {
      return new Outcome(-1, e.toString());
    }
  }
}
