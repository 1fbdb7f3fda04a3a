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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipPackageTest {

  private static final String MANIFEST = "generator.json";

  @TempDir Path folder;

  private Path zip;
  private TinyPackage tiny;
  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  @BeforeEach
  void readPackage() throws IOException {
    zip = folder.resolve("tiny.zip");
    tiny = TinyPackage.copyTo(folder.resolve("tiny"));
    for (String name : List.of(MANIFEST, TinyPackage.ENCODER_FILE, TinyPackage.GENERATOR_FILE)) {
      entries.put(name, Files.readAllBytes(tiny.file(name)));
    }
  }

  @Test
  void shouldGiveTheViewsOfTheFolder() throws IOException {
    write("");
    assertThat(views(zip)).isEqualTo(views(tiny.folder()));
  }

  @Test
  void shouldTakeAPackageInOneFolder() throws IOException {
    entries.put("README.txt", new byte[3]);
    write("tiny-1.0/");
    assertThat(views(zip)).isEqualTo(views(tiny.folder()));
  }

  @Test
  void shouldMissTheManifest() throws IOException {
    entries.remove(MANIFEST);
    write("");
    expect("%s has no generator.json at its top or in one folder".formatted(zip));
  }

  @Test
  void shouldMissAFile() throws IOException {
    entries.remove(TinyPackage.GENERATOR_FILE);
    write("");
    expect("%s cannot be unpacked: generator/model.onnx is missing".formatted(zip));
  }

  @Test
  void shouldRefuseWhatIsNoZip() throws IOException {
    Files.writeString(zip, "PK, but no zip");
    expectStart("%s is not a zip file that can be read: ".formatted(zip));
  }

  @Test
  void shouldRefuseATruncatedZip() throws IOException {
    write("");
    byte[] content = Files.readAllBytes(zip);
    Files.write(zip, Arrays.copyOf(content, content.length - 40));
    expectStart("%s is not a zip file that can be read: ".formatted(zip));
  }

  @Test
  void shouldRefuseAnEntryThatLeavesThePackage() throws IOException {
    entries.put("image_encoder/../../secret", new byte[1]);
    write("");
    expect("%s: entry image_encoder/../../secret lies outside the package".formatted(zip));
  }

  @Test
  void shouldRefuseAManifestThatLeavesThePackage() throws IOException {
    String manifest = new String(entries.get(MANIFEST), StandardCharsets.UTF_8);
    entries.put(
        MANIFEST,
        manifest
            .replace("\"generator/model.onnx\": {", "\"../model.onnx\": {")
            .getBytes(StandardCharsets.UTF_8));
    write("");
    expect("%s/generator.json: file ../model.onnx lies outside the package".formatted(zip));
  }

  @Test
  void shouldStopUnpackingAFileThatIsLargerThanItMayBe() throws IOException {
    entries.put(TinyPackage.ENCODER_FILE, new byte[50_000_000]);
    write("");
    expect(
        ("%s cannot be unpacked: image_encoder/model.onnx has more than the 4673 bytes it may have")
            .formatted(zip));
  }

  @Test
  void shouldNameAFileOfTheZipThatIsDamaged() throws IOException {
    entries.get(TinyPackage.ENCODER_FILE)[3_000] ^= 1;
    write("");
    expectStart("%s/image_encoder/model.onnx has the SHA-256 ".formatted(zip));
  }

  @Test
  void shouldRefuseTooManyEntries() throws IOException {
    for (int i = 0; i < 10_000; i++) {
      entries.put("extra/" + i, new byte[0]);
    }
    write("");
    expect("%s has 10003 entries, must have at most 10000".formatted(zip));
  }

  private void write(String top) throws IOException {
    try (ZipOutputStream output = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        output.putNextEntry(new ZipEntry(top + entry.getKey()));
        output.write(entry.getValue());
      }
    }
  }

  private static List<GenerationOutcome> views(Path path) {
    try (Generator generator = Generators.open(path.toString(), Optional.empty())) {
      return generator.generate(
          List.of(
              new GenerationRequest(RgbImage.filled(8, 8, 0x3366cc), 1),
              new GenerationRequest(RgbImage.filled(8, 8, 0xcc6633), 2)));
    }
  }

  private void expect(String message) {
    assertThatThrownBy(() -> views(zip))
        .isInstanceOf(InvalidPackageException.class)
        .hasMessage(message);
  }

  private void expectStart(String message) {
    assertThatThrownBy(() -> views(zip))
        .isInstanceOf(InvalidPackageException.class)
        .hasMessageStartingWith(message)
        .message()
        .doesNotContain("\n");
  }
}
