package io.viewstream.generators.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.Generator;
import io.viewstream.generators.Generators;
import io.viewstream.generators.InvalidPackageException;
import io.viewstream.imaging.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No byte is loaded that generator.json does not answer for. */
class PackageWeightsTest {

  private static final String WEIGHTS_NAME = "model.onnx_data";
  private static final String WEIGHTS = "generator/" + WEIGHTS_NAME;

  @TempDir Path folder;

  private TinyPackage tiny;

  @BeforeEach
  void moveTheWeightsOut() throws IOException {
    Path resource = TinyPackage.resource("external-weights");
    tiny = TinyPackage.copyTo(folder.resolve("tiny"));
    tiny.replacing(TinyPackage.GENERATOR_FILE, Files.readAllBytes(resource.resolve("model.onnx")));
    tiny.adding(WEIGHTS, Files.readAllBytes(resource.resolve(WEIGHTS_NAME)));
  }

  @Test
  void shouldTakeWeightsBesideTheGraph() throws IOException {
    List<GenerationOutcome> views = views(TinyPackage.original());
    assertThat(views(tiny.folder())).isEqualTo(views);
    assertThat(views(zipped())).isEqualTo(views);
  }

  @Test
  void shouldRefuseWeightsThatTheManifestDoesNotList() throws IOException {
    tiny.forgetting(WEIGHTS);
    String line =
        "%1$s/generator/model.onnx_data is not among the files of generator.json, and weights of"
            + " %1$s/generator/model.onnx are in it; add it there with its sha256 and sizeBytes";
    expect(tiny.folder(), line.formatted(tiny.folder()));
    Path zip = zipped();
    expect(zip, line.formatted(zip));
  }

  @Test
  void shouldNoticeAFlippedBitInTheWeights() throws IOException {
    byte[] weights = Files.readAllBytes(tiny.file(WEIGHTS));
    weights[4_000] ^= 1;
    Files.write(tiny.file(WEIGHTS), weights);
    assertThatThrownBy(() -> views(tiny.folder()))
        .isInstanceOf(InvalidPackageException.class)
        .hasMessageStartingWith(tiny.file(WEIGHTS) + " has the SHA-256 ");
  }

  @Test
  void shouldMissTheWeights() throws IOException {
    Files.delete(tiny.file(WEIGHTS));
    expect(tiny.folder(), "%s is missing, generator.json names it".formatted(tiny.file(WEIGHTS)));
  }

  /** All as long as the name that they replace. */
  @ParameterizedTest
  @ValueSource(
      strings = {"../model.weight", "/etc/ssl/secret", "a/../b/weights.", "weights.bins/..", " "})
  void shouldRefuseWeightsThatAreElsewhere(String location) throws IOException {
    String padded = "%-15s".formatted(location);
    Files.write(folder.resolve("tiny/model.weight"), Files.readAllBytes(tiny.file(WEIGHTS)));
    tiny.renaming(TinyPackage.GENERATOR_FILE, WEIGHTS_NAME, padded);
    expect(
        tiny.folder(),
        "%s keeps weights in \"%s\", must keep them below its own folder"
            .formatted(tiny.file(TinyPackage.GENERATOR_FILE), padded));
  }

  @Test
  void shouldStayOnOneLineWhateverTheLocation() throws IOException {
    tiny.renaming(TinyPackage.GENERATOR_FILE, WEIGHTS_NAME, "weight\n\0of evil");
    assertThatThrownBy(() -> views(tiny.folder()))
        .isInstanceOf(InvalidPackageException.class)
        .hasMessageContaining("generator/weight??of evil is not among the files")
        .message()
        .doesNotContain("\n");
  }

  /** DJL looks for files of several names when it is given a folder. */
  @Test
  void shouldLoadTheFileOfTheManifestAndNoOther() throws IOException {
    for (String name : List.of("model", "generator", "generator.onnx")) {
      Files.writeString(tiny.file("generator/" + name), "not checked");
    }
    assertThat(views(tiny.folder())).isEqualTo(views(TinyPackage.original()));
  }

  @Test
  void shouldListWhatAnotherEngineLoads() {
    ModelPackage opened = ModelPackage.open(tiny.folder());
    opened.requireListed(tiny.file("generator/../" + TinyPackage.GENERATOR_FILE), "it is");
    assertThatThrownBy(
            () -> opened.requireListed(tiny.file("generator/model.pt"), "engine PyTorch runs it"))
        .isInstanceOf(InvalidPackageException.class)
        .hasMessage(
            "%s is not among the files of generator.json, and engine PyTorch runs it; add it there with its sha256 and sizeBytes"
                .formatted(tiny.file("generator/model.pt")));
  }

  @Test
  void shouldTakeARelativeFolder() {
    Path here = Path.of("").toAbsolutePath();
    assertThat(views(here.relativize(tiny.folder().toAbsolutePath())))
        .isEqualTo(views(TinyPackage.original()));
    assertThat(ModelPackage.resolve(Path.of("."), "generator.json"))
        .isEqualTo(here.resolve("generator.json"));
  }

  private Path zipped() throws IOException {
    Path zip = folder.resolve("tiny.zip");
    try (ZipOutputStream output = new ZipOutputStream(Files.newOutputStream(zip));
        Stream<Path> files = Files.walk(tiny.folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        output.putNextEntry(new ZipEntry(tiny.folder().relativize(file).toString()));
        output.write(Files.readAllBytes(file));
      }
    }
    return zip;
  }

  private static List<GenerationOutcome> views(Path path) {
    try (Generator generator = Generators.open(path.toString(), Optional.empty())) {
      return generator.generate(
          List.of(
              new GenerationRequest(RgbImage.filled(8, 8, 0x3366cc), 1),
              new GenerationRequest(RgbImage.filled(8, 8, 0xcc6633), 2)));
    }
  }

  private static void expect(Path path, String message) {
    assertThatThrownBy(() -> views(path))
        .isInstanceOf(InvalidPackageException.class)
        .hasMessage(message);
  }
}
