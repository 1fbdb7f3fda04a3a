package io.viewstream.generators.internal.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint folder, exported by infra/models/unclip and run here. */
class UnclipExportTest {

  private static final ExportScripts SCRIPTS = ExportScripts.of("unclip");

  @TempDir static Path shared;
  @TempDir Path folder;

  @BeforeAll
  static void writeCheckpoint() throws Exception {
    ExportScripts.assumeInstalled();
    SCRIPTS.run("tiny.py", checkpoint());
  }

  /** With the options that the committed package was made without. */
  @Test
  void shouldRunWhatItExports() throws Exception {
    Path zip = folder.resolve("package.zip");
    Path reference = folder.resolve("reference.json");
    SCRIPTS.run(
        "export.py",
        checkpoint(),
        zip,
        "--id",
        "exported",
        "--licence",
        "openrail++",
        "--resolution",
        9,
        "--batch-sizes",
        2,
        "--scalar-timestep",
        "--max-single-file-bytes",
        10_000);
    SCRIPTS.run("reference.py", checkpoint(), reference);
    UnclipReference expected = UnclipReference.read(reference);
    expected.checkViews(expected.variants().getFirst(), zip);
  }

  @Test
  void shouldNameWhatIsWrongWithACheckpoint() throws Exception {
    Path configuration = checkpoint().resolve("unet/config.json");
    String content = Files.readString(configuration);
    try {
      Files.writeString(configuration, content.replace("\"projection\"", "\"timestep\""));
      assertThat(failure())
          .isEqualTo(
              configuration
                  + ": class_embed_type is \"timestep\", only \"projection\" is supported");

      Files.writeString(
          configuration, content.replace("layers_per_block\": 1", "layers_per_block\": 2"));
      assertThat(failure())
          .startsWith(configuration.getParent() + ": the weights have no down_blocks.0.resnets.1.");
    } finally {
      Files.writeString(configuration, content);
    }
  }

  private static Path checkpoint() {
    return shared.resolve("checkpoint");
  }

  private String failure() throws InterruptedException {
    Path output = folder.resolve("bad");
    String line =
        SCRIPTS.failure("export.py", checkpoint(), output, "--id", "bad", "--licence", "none");
    assertThat(output).doesNotExist();
    return line;
  }
}
