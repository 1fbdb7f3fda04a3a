package io.viewstream.generators.internal.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.Generator;
import io.viewstream.generators.Generators;
import io.viewstream.generators.OutputSize;
import io.viewstream.imaging.RgbImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights as IC-GAN's authors store theirs, exported by infra/models/icgan and run here. */
class IcganExportTest {

  private final ExportScripts scripts = ExportScripts.of("icgan");

  @TempDir Path folder;

  @Test
  void shouldRunWhatItExportsAndNameWhatItCannotExport() throws Exception {
    ExportScripts.assumeInstalled();
    Path zip = folder.resolve("package.zip");
    scripts.run("tiny.py", folder);
    scripts.run(
        "export.py",
        folder.resolve("generator.pth"),
        folder.resolve("encoder.pth"),
        zip,
        "--id",
        "exported",
        "--licence",
        "CC-BY-NC-4.0",
        "--batch-sizes",
        2);
    try (Generator generator = Generators.open(zip.toString(), Optional.empty())) {
      assertThat(generator.description().licence()).isEqualTo("CC-BY-NC-4.0");
      assertThat(generator.description().outputSize()).isEqualTo(new OutputSize.Fixed(16, 16));
      RgbImage source = RgbImage.filled(40, 50, 0x336699);
      assertThat(
              generator.generate(
                  List.of(new GenerationRequest(source, 1), new GenerationRequest(source, 2))))
          .doesNotHaveDuplicates();
    }
    Path encoder = folder.resolve("encoder.pth");
    Path bad = folder.resolve("bad");
    assertThat(
            scripts.failure("export.py", encoder, encoder, bad, "--id", "bad", "--licence", "none"))
        .isEqualTo(
            encoder
                + ": the weights have no blocks.0.0.conv1.weight, so they are not those of an"
                + " IC-GAN generator on BigGAN");
  }
}
