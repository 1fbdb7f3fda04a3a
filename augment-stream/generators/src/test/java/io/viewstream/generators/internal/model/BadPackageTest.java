package io.viewstream.generators.internal.model;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.viewstream.generators.Generators;
import io.viewstream.generators.InvalidPackageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every fault of a package is one line that a person can act on. */
class BadPackageTest {

  @TempDir Path folder;

  private TinyPackage tiny;

  @BeforeEach
  void copyPackage() throws IOException {
    tiny = TinyPackage.copyTo(folder.resolve("tiny"));
  }

  @Test
  void shouldNameWhatIsNeitherNameNorFolder() {
    assertThatThrownBy(() -> Generators.open("photometrik", Optional.empty()))
        .isInstanceOf(InvalidPackageException.class)
        .hasMessage(
            "Generator photometrik is neither a folder or .zip file with a generator.json nor one"
                + " of photometric, icgan32");
  }

  @Test
  void shouldNotTakeTheWorkingDirectoryForAnEmptyName() {
    assertThatThrownBy(() -> Generators.open("", Optional.empty()))
        .isInstanceOf(InvalidPackageException.class)
        .hasMessageStartingWith("Generator  is neither");
  }

  @Test
  void shouldRefuseAnEngineForAGeneratorWithoutAModel() {
    assertThatThrownBy(() -> Generators.open("photometric", Optional.of("PyTorch")))
        .isInstanceOf(InvalidPackageException.class)
        .hasMessageContaining("engine PyTorch cannot run it");
  }

  @Test
  void shouldMissTheManifest() throws IOException {
    Files.delete(tiny.file("generator.json"));
    expect("%s has no generator.json".formatted(tiny.folder()));
  }

  @Test
  void shouldSayWhereTheManifestIsNoJson() throws IOException {
    Files.writeString(tiny.file("generator.json"), "{\n  \"kind\": icgan\n}");
    expectManifest(" is not valid JSON, or has a setting twice, see line 2, column 11");
  }

  @Test
  void shouldSayWhereASettingStandsTwice() throws IOException {
    Files.writeString(tiny.file("generator.json"), "{\"kind\": \"icgan\",\n\"kind\": \"unclip\"}");
    expectManifest(" is not valid JSON, or has a setting twice, see line 2, column 7");
  }

  @Test
  void shouldSayWhereTheManifestGoesOnBehindItsEnd() throws IOException {
    Files.writeString(tiny.file("generator.json"), "{}\n{}");
    expectManifest(" is not valid JSON, or has a setting twice, see line 2, column 1");
  }

  @Test
  void shouldNotReadAManifestOfAnyLength() throws IOException {
    Files.write(tiny.file("generator.json"), new byte[(1 << 20) + 1]);
    expectManifest(" has 1048577 bytes, must have at most 1048576");
  }

  private void expectManifest(String fault) {
    expect(tiny.file("generator.json") + fault);
  }

  @Test
  void shouldNotKnowTheKind() {
    expect(
        manifest -> manifest.put("kind", "pix2pix"),
        "kind pix2pix is unknown; known are icgan, unclip");
  }

  @Test
  void shouldMissASetting() {
    expect(manifest -> manifest.remove("licence"), "licence is missing, must be a text");
    expect(
        manifest -> manifest.put("licence", "MIT").remove("resolution"),
        "resolution is missing, must be a whole number from 1 to 4096");
  }

  @Test
  void shouldRefuseAMisspeltSetting() {
    expect(
        manifest -> sampler(manifest).put("noiseBuond", 2),
        "sampler.noiseBuond is unknown; known are noiseBound, noiseDimension, noiseDistribution,"
            + " noiseScale");
  }

  @Test
  void shouldRefuseAValueOutOfBounds() {
    expect(
        manifest -> manifest.put("resolution", 0),
        "resolution is 0, must be a whole number from 1 to 4096");
    expect(
        manifest -> {
          manifest.put("resolution", 8);
          sampler(manifest).put("noiseDistribution", "uniform");
        },
        "sampler.noiseDistribution is \"uniform\", must be one of normal, truncated-normal");
  }

  @Test
  void shouldRefuseToDivideByZero() {
    expect(
        manifest ->
            ((ObjectNode) manifest.get("normalisation"))
                .putArray("standardDeviation")
                .add(0.5)
                .add(0)
                .add(0.5),
        "normalisation.standardDeviation is [0.5,0,0.5], must be an array of 3 numbers above 0");
  }

  @Test
  void shouldRefuseANumberTooLargeForAFloat() {
    expect(
        manifest -> sampler(manifest).put("noiseScale", 1e300),
        "sampler.noiseScale is 1.0E300, must be a number above 0");
  }

  @Test
  void shouldRefuseABoundThatHardlyAnyNoiseIsWithin() {
    expect(
        manifest ->
            sampler(manifest).put("noiseDistribution", "truncated-normal").put("noiseBound", 1e-9),
        "sampler.noiseBound is 1.0E-9, must be a number from 0.01 to 100.0");
  }

  @Test
  void shouldRefuseBatchesThatNoMemoryHolds() {
    expect(
        manifest -> manifest.putArray("batchSizes").add(1).add(2_000_000_000),
        "batchSizes is [1,2000000000], must be an array of whole numbers from 1 to 1024");
  }

  @Test
  void shouldRefuseAFileOutsideThePackage() {
    expect(
        manifest ->
            ((ObjectNode) manifest.get("files"))
                .putObject("../secret")
                .put("sha256", "00")
                .put("sizeBytes", 1),
        "file ../secret lies outside the package");
  }

  @Test
  void shouldRefuseAComponentThatIsNotAmongTheFiles() {
    expect(
        manifest ->
            ((ObjectNode) manifest.get("components")).put("generator", "generator/other.onnx"),
        "component generator/other.onnx is not among the files");
  }

  @Test
  void shouldMissAFile() throws IOException {
    Files.delete(tiny.file(TinyPackage.GENERATOR_FILE));
    expect(
        "%s is missing, generator.json names it".formatted(tiny.file(TinyPackage.GENERATOR_FILE)));
  }

  @Test
  void shouldNoticeATruncatedFile() throws IOException {
    Files.write(tiny.file(TinyPackage.ENCODER_FILE), new byte[100]);
    expect(
        "%s has 100 bytes, generator.json says 4673; the file is damaged or of another version"
            .formatted(tiny.file(TinyPackage.ENCODER_FILE)));
  }

  @Test
  void shouldNoticeAFlippedBit() throws IOException {
    byte[] content = Files.readAllBytes(tiny.file(TinyPackage.ENCODER_FILE));
    content[3_000] ^= 1;
    Files.write(tiny.file(TinyPackage.ENCODER_FILE), content);
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidPackageException.class)
        .hasMessageMatching(
            ".*/image_encoder/model.onnx has the SHA-256 [0-9a-f]{64}, generator.json says"
                + " [0-9a-f]{64}; the file is damaged or of another version");
  }

  @Test
  void shouldNameARenamedTensor() throws IOException {
    tiny.renaming(TinyPackage.GENERATOR_FILE, "noise", "noize");
    expect(
        "%s has no input noise; it has image_embeds, noize"
            .formatted(tiny.file(TinyPackage.GENERATOR_FILE)));
  }

  @Test
  void shouldNameARenamedOutput() throws IOException {
    tiny.renaming(TinyPackage.ENCODER_FILE, "image_embeds", "image_embeddd");
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidPackageException.class)
        .hasMessageStartingWith(tiny.file(TinyPackage.ENCODER_FILE).toString());
  }

  @Test
  void shouldNameAWrongRank() throws IOException {
    replaceGenerator("flat-sample.onnx");
    expect(
        "%s: output sample has rank 2, must have rank 4: [batch, 3, height, width]"
            .formatted(tiny.file(TinyPackage.GENERATOR_FILE)));
  }

  @Test
  void shouldNameATensorOfHalfPrecision() throws IOException {
    replaceGenerator("half-noise.onnx");
    expect(
        ("%s: input noise is float16, must be float32; export the network with float32 inputs and"
                + " outputs")
            .formatted(tiny.file(TinyPackage.GENERATOR_FILE)));
  }

  @Test
  void shouldRefuseHalfPrecisionOnAnEngineWithoutIt() {
    expect(
        manifest -> manifest.put("precision", "float16"),
        "precision is float16, which engine OnnxRuntime does not compute on this machine's CPU;"
            + " use a GPU or export the networks in float32");
  }

  @Test
  void shouldNameAWrongDimension() {
    expect(
        manifest -> sampler(manifest).put("noiseDimension", 6),
        "input noise has 5 for dimension 1, must have 6: [batch, noiseDimension]");
  }

  @Test
  void shouldRefuseAFileThatIsNoNetwork() throws IOException {
    tiny.replacing(
        TinyPackage.ENCODER_FILE, "not a network at all".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidPackageException.class)
        .hasMessageStartingWith(tiny.file(TinyPackage.ENCODER_FILE) + " is not an ONNX file");
  }

  @Test
  void shouldNameTheEnginesThereAre() {
    assertThatThrownBy(() -> Generators.open(tiny.folder().toString(), Optional.of("Caffe")))
        .isInstanceOf(InvalidPackageException.class)
        .hasMessage("Engine Caffe is not on the class path; available are OnnxRuntime");
  }

  private void replaceGenerator(String resource) throws IOException {
    tiny.replacing(TinyPackage.GENERATOR_FILE, Files.readAllBytes(TinyPackage.resource(resource)));
  }

  private static ObjectNode sampler(ObjectNode manifest) {
    return (ObjectNode) manifest.get("sampler");
  }

  private void expect(Consumer<ObjectNode> change, String endOfMessage) {
    tiny.with(change);
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidPackageException.class)
        .hasMessageStartingWith(tiny.folder().toString())
        .hasMessageEndingWith(endOfMessage)
        .message()
        .doesNotContain("\n");
  }

  private void expect(String message) {
    assertThatThrownBy(this::open).isInstanceOf(InvalidPackageException.class).hasMessage(message);
  }

  private void open() {
    Generators.open(tiny.folder().toString(), Optional.empty()).close();
  }
}
