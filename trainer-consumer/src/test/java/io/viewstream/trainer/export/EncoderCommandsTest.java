package io.viewstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.RgbImage;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.trainer.evaluate.EvaluateCommand;
import io.viewstream.trainer.evaluate.RandomCheckpoint;
import io.viewstream.trainer.similarity.SimilarityCommand;
import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.checkpoint.SafetensorsFile;
import io.viewstream.trainer.train.checkpoint.TensorData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Commands on checkpoints: what goes wrong is said in one line, and leaves nothing behind. */
class EncoderCommandsTest {

  @TempDir private static Path folder;

  @BeforeAll
  static void prepare() throws IOException {
    try (TrainingEngine engine = TrainingEngine.start("cpu", 1)) {
      RandomCheckpoint.save(
          engine, RandomCheckpoint.settings("resnet18-cifar", 4, 16), 1, folder.resolve("good"));
      RandomCheckpoint.save(
          engine, RandomCheckpoint.settings("resnet18-cifar", 4, 16), 2, folder.resolve("other"));
    }
    new SafetensorsFile(
            Map.of("format", "pt", "architecture", "resnet18"),
            new LinkedHashMap<>(Map.of("conv1.weight", TensorData.of(new float[] {1}))))
        .write(folder.resolve("good/exported"));
    Path images = Files.createDirectory(folder.resolve("images"));
    Random random = new Random(1);
    for (int image = 0; image < 5; image++) {
      byte[] pixels = new byte[3 * 16 * 16];
      random.nextBytes(pixels);
      Files.write(images.resolve(image + ".png"), ImageEncoder.png(new RgbImage(16, 16, pixels)));
    }
    Path two = Files.createDirectory(folder.resolve("two"));
    for (String name : new String[] {"0.png", "1.png"}) {
      Files.copy(images.resolve(name), two.resolve(name));
    }
    Files.createDirectory(folder.resolve("empty"));
    Files.writeString(folder.resolve("text.safetensors"), "This is a text, not tensors.");
    Files.writeString(folder.resolve("text.onnx"), "This is a text, not a model.");
    Files.writeString(folder.resolve("present.npz"), "present");
    Files.writeString(folder.resolve("present.safetensors"), "present");
    Files.copy(
        ForeignPython.repositoryFile("infra/models/icgan32/package/generator/model.onnx"),
        folder.resolve("generator.onnx"));
    Files.copy(
        ForeignPython.repositoryFile("infra/models/icgan32/package/image_encoder/model.onnx"),
        folder.resolve("encoder.onnx"));
    copyPackage("package", "\"kind\"", "\"kind\"");
    copyPackage("damaged", "811ea7b8", "00000000");
    copyPackage("larger", "\"kind\"", "\"encoderResolution\": 64, \"kind\"");
    copyPackage("longer", "\"embeddingDimension\": 304", "\"embeddingDimension\": 9");
    copyPackage("outside", "image_encoder/model.onnx", "../encoder.onnx");
    copyPackage("unit", "\"kind\"", "\"normalisesEmbedding\": true, \"kind\"");
    copyPackage("text", "{", "This is a text");
    Files.write(folder.resolve("package.zip"), new byte[] {'P', 'K', 3, 4, 0, 0});
  }

  /** A package of the encoder, with a change in its description. */
  private static void copyPackage(String name, String from, String to) throws IOException {
    Path copy = folder.resolve(name);
    Files.createDirectories(copy.resolve("image_encoder"));
    String text =
        Files.readString(
            ForeignPython.repositoryFile("infra/models/icgan32/package/generator.json"));
    assertThat(text).contains(from);
    Files.writeString(copy.resolve("generator.json"), text.replace(from, to));
    Files.copy(folder.resolve("encoder.onnx"), copy.resolve("image_encoder/model.onnx"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | export --checkpoint F/none --output F/a.safetensors | --checkpoint F/none does not exist; name a file checkpoint-",
        "1 | export --checkpoint F/empty --output F/a.safetensors | --checkpoint F/empty holds no file named checkpoint-….safetensors; name a file",
        "1 | export --checkpoint F/text.safetensors --output F/a.safetensors | is not a safetensors file",
        "1 | export --checkpoint F/good/exported --output F/a.safetensors | F/good/exported is an exported backbone, not a checkpoint",
        "1 | similarity --checkpoint F/good/exported --reference F/other --images F/images | F/good/exported is an exported backbone",
        "2 | export --checkpoint F/good --output F/a.pt | F/a.pt; the name must end in .safetensors",
        "1 | export --checkpoint F/good --output F/present.safetensors | is there already; name another --output, or replace it with --overwrite",
        "1 | export --checkpoint F/good --output F/text.onnx/a.safetensors | Cannot write F/text.onnx/a.safetensors",
        "2 | embed --checkpoint F/good --images F/images --output F/a.csv | F/a.csv; the name must end in .safetensors or .npz",
        "1 | embed --checkpoint F/good --images F/images --output F/present.npz | is there already",
        "1 | embed --checkpoint F/good --images F/nowhere --output F/a.npz | Cannot read images from F/nowhere",
        "1 | embed --checkpoint F/good --images F/empty --output F/a.npz | There are no images in empty",
        "1 | embed --checkpoint F/none --images F/images --output F/a.npz | --checkpoint F/none does not exist; name",
        "2 | embed --checkpoint F/good --images F/images --output F/a.npz --batch-size 0 | --batch-size is 0; it must be at least 1",
        "2 | embed --checkpoint F/good --images F/images --output F/a.npz --limit 0 | --limit is 0; at least 1 image",
        "2 | embed --checkpoint F/good --images F/images --output F/a.npz --device tpu | device is 'tpu'",
        "1 | similarity --checkpoint F/none --reference F/other --images F/images | --checkpoint F/none does not exist; name",
        "1 | similarity --checkpoint F/good --reference F/none.onnx --images F/images | --reference F/none.onnx does not exist",
        "1 | similarity --checkpoint F/good --reference F/none --images F/images | F/none does not exist",
        "1 | similarity --checkpoint F/good --reference F/empty --images F/images | --reference F/empty holds neither a generator.json nor a file named checkpoint-",
        "1 | similarity --checkpoint F/good --reference F/text.onnx --images F/images | F/text.onnx is not a model that ONNX Runtime can load",
        "1 | similarity --checkpoint F/good --reference F/generator.onnx --images F/images | F/generator.onnx has the inputs [image_embeds, noise]; an encoder of images has one",
        "1 | similarity --checkpoint F/good --reference F/encoder.onnx --images F/images --reference-output z | has no output z; it has [image_embeds]",
        "1 | similarity --checkpoint F/good --reference F/encoder.onnx --images F/images --reference-resolution 64 | takes images of 32 px, not 64 as --reference-resolution or the package says",
        "2 | similarity --checkpoint F/good --reference F/encoder.onnx --images F/images --reference-mean 0.5,0.5 | --reference-mean has 2 values; it needs three",
        "2 | similarity --checkpoint F/good --reference F/encoder.onnx --images F/images --reference-deviation 1,0,1 | each must be above 0",
        "1 | similarity --checkpoint F/good --reference F/other --images F/images --reference-resolution 32 | F/other is a checkpoint, which knows what its encoder takes",
        "2 | similarity --checkpoint F/good --reference F/encoder.onnx --images F/images --reference-crop 1.5 | --reference-crop is 1.5; it must be above 0 and at most 1",
        "1 | similarity --checkpoint F/good --reference F/package --images F/images --reference-crop 1 | F/package is a generator's package, which knows what its encoder takes",
        "1 | similarity --checkpoint F/good --reference F/package.zip --images F/images | F/package.zip is a zip archive; unpack a generator's package and name its folder",
        "1 | similarity --checkpoint F/good --reference F/damaged --images F/images | F/damaged/image_encoder/model.onnx has 3337186 bytes and the SHA-256",
        "1 | similarity --checkpoint F/good --reference F/larger --images F/images | takes images of 32 px, not 64 as --reference-resolution or the package says",
        "1 | similarity --checkpoint F/good --reference F/longer --images F/images | makes 304 features of an image, its generator.json says embeddingDimension 9",
        "1 | similarity --checkpoint F/good --reference F/outside --images F/images | file ../encoder.onnx lies outside the package",
        "1 | similarity --checkpoint F/good --reference F/text --images F/images | F/text/generator.json is no JSON",
        "1 | similarity --checkpoint F/good --reference F/other --images F/two | two has 2 images; at least 3 are needed",
        "1 | evaluate --checkpoint F/good --train-images F/images --test-images shapes | 0.png of images has no label; images must lie in one folder for each class",
        "1 | evaluate --checkpoint F/text.safetensors --train-images shapes --test-images shapes | is not a safetensors file",
        "2 | evaluate --checkpoint F/good --train-images shapes --test-images shapes --probe slow | --probe is 'slow'; it must be quick or solo-learn",
        "2 | evaluate --checkpoint F/good --train-images shapes --test-images shapes --probe-epochs 0 | --probe-epochs is 0; it must be at least 1"
      })
  void shouldSayInOneLineWhatIsWrong(int exitCode, String command, String message)
      throws IOException {
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> call(command))
        .withMessageContaining(inFolder(message))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"))
        .extracting(CommandException::exitCode)
        .isEqualTo(exitCode);
    assertThat(Files.readString(folder.resolve("present.npz"))).isEqualTo("present");
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "embed --output F/a.npz --images N --batch-size 0 | --batch-size is 0; it must be at least 1",
        "embed --output F/a.npz --images N --limit 0 | --limit is 0; at least 1 image",
        "embed --output F/a.npz --images N --device tpu | device is 'tpu'",
        "embed --output F/a.npz --images N --dataset a/b | Data set name 'a/b'",
        "similarity --reference N --images N --batch-size 0 | --batch-size is 0; it must be at least 1",
        "similarity --reference N --images N --limit -1 | --limit is -1; at least 1 image",
        "similarity --reference N --images N --device tpu | device is 'tpu'",
        "evaluate --train-images N --test-images N --limit 0 | --limit is 0; at least 1 image",
        "evaluate --train-images N --test-images N --device tpu | device is 'tpu'",
        "evaluate --train-images N --test-images N --probe-epochs 0 | --probe-epochs is 0",
        "evaluate --train-images N --test-images N --probe solo-learn --probe-epochs -1 | --probe-epochs is -1",
        "evaluate --train-images N --test-images N --neighbours 0 | --neighbours is 0",
        "evaluate --train-images N --test-images N --temperature 0 | --temperature 0.0"
      })
  void shouldCheckOptionsBeforeAnythingIsRead(String command, String message) {
    // Neither checkpoint nor images exist; that would be the next error, with exit code 1.
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> call(command.replace("N", "F/nowhere") + " --checkpoint F/nowhere"))
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"))
        .extracting(CommandException::exitCode)
        .isEqualTo(CommandException.USAGE);
  }

  @Test
  void shouldReplaceOnlyWhenAsked() throws Exception {
    Path file = folder.resolve("replaced.safetensors");
    Files.writeString(file, "old");
    call("embed --checkpoint F/good --images F/images --output F/replaced.safetensors --overwrite");
    assertThat(Files.size(file)).isGreaterThan(5 * 32 * Float.BYTES);
    Files.delete(file);
    assertNothingIsLeft();
  }

  @Test
  void shouldCompareWithACheckpointAndWithAnOnnxFile() throws Exception {
    Path report = folder.resolve("report.json");
    String same =
        "similarity --checkpoint F/good --reference F/good --images F/images --report F/report.json";
    call(same);
    assertThat(Files.readString(report))
        .contains("\"linearCka\" : 1.0,")
        .contains("\"images\" : 5");
    call(same.replace("--reference F/good", "--reference F/other"));
    assertThat(Files.readString(report)).doesNotContain("\"linearCka\" : 1.0,");
    call(same.replace("--reference F/good", "--reference F/encoder.onnx --reference-mean 0,0,0"));
    assertThat(Files.readString(report)).doesNotContain("\"linearCka\" : 1.0,");
  }

  @Test
  void shouldTakeAPackagesEncoderAsItsDescriptionSays() throws Exception {
    Path report = folder.resolve("report.json");
    String line =
        "similarity --checkpoint F/good --images F/images --report F/report.json --reference ";
    call(line + "F/package");
    String asPackage = Files.readString(report);
    assertThat(asPackage)
        .contains(
            "\"sha256\" : \"811ea7b81d16149f3fb991846b99b3afa7daf51be16374d6d171897df0b0eb88\"");
    call(
        line
            + "F/encoder.onnx --reference-crop 1 --reference-mean 0.4914,0.4822,0.4465"
            + " --reference-deviation 0.247,0.243,0.261");
    assertThat(cka(report)).isEqualTo(cka(asPackage));
    call(
        line
            + "F/encoder.onnx --reference-crop 0.5 --reference-mean 0.4914,0.4822,0.4465"
            + " --reference-deviation 0.247,0.243,0.261");
    assertThat(cka(report)).isNotEqualTo(cka(asPackage));
    call(line + "F/unit");
    assertThat(cka(report)).isNotEqualTo(cka(asPackage));
  }

  private static String cka(Path report) throws IOException {
    return cka(Files.readString(report));
  }

  private static String cka(String report) {
    return report.lines().filter(entry -> entry.contains("linearCka")).findFirst().orElseThrow();
  }

  private static void assertNothingIsLeft() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.endsWith(".tmp") || name.startsWith("a."));
    }
  }

  private static String inFolder(String text) {
    return text.replace("F/", folder + "/");
  }

  private static void call(String line) throws Exception {
    String[] words = inFolder(line).split(" ");
    Callable<Integer> command =
        switch (words[0]) {
          case "export" -> new ExportCommand();
          case "embed" -> new EmbedCommand();
          case "similarity" -> new SimilarityCommand();
          case "evaluate" -> new EvaluateCommand();
          default -> throw new IllegalArgumentException(words[0]);
        };
    new CommandLine(command).parseArgs(Stream.of(words).skip(1).toArray(String[]::new));
    assertThat(command.call()).isZero();
  }
}
