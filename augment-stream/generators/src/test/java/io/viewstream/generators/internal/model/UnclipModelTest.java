package io.viewstream.generators.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.viewstream.generators.GeneratedView;
import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.Generator;
import io.viewstream.generators.GeneratorDescription;
import io.viewstream.generators.Generators;
import io.viewstream.generators.InvalidPackageException;
import io.viewstream.generators.OutputSize;
import io.viewstream.imaging.RgbImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnclipModelTest {

  private static final String UNET = "unet/model.onnx";
  private static final String CONSTANTS = "constants.safetensors";

  /** Behind the prompt and the means. */
  private static final int DEVIATIONS_START = 368;

  @TempDir Path folder;

  private TinyPackage tiny;

  @BeforeEach
  void copyPackage() throws IOException {
    tiny = TinyPackage.copy("tiny-unclip", folder.resolve("tiny"));
  }

  /** The whole way from source and seed to the view, in every setting of the sampler. */
  @TestFactory
  Stream<DynamicTest> shouldComputeWhatPyTorchComputes() throws IOException {
    UnclipReference reference =
        UnclipReference.read(TinyPackage.resource("tiny-unclip-reference.json"));
    return reference.variants().stream()
        .map(
            variant ->
                DynamicTest.dynamicTest(
                    variant.get("name").textValue(),
                    () -> {
                      Path copy = folder.resolve(variant.get("name").textValue());
                      TinyPackage.copy("tiny-unclip", copy)
                          .with(manifest -> UnclipReference.apply(variant, manifest));
                      reference.checkSamples(variant, copy);
                      reference.checkViews(variant, copy);
                    }));
  }

  @Test
  void shouldMakeSquaresAsClipWasTrained() throws IOException {
    UnclipReference.read(TinyPackage.resource("tiny-unclip-reference.json")).checkSquare();
  }

  /** One pixel wide: brought to the encoder's resolution whole, it would not fit into memory. */
  @Test
  void shouldTakeTheMiddleOfALongImage() {
    RgbImage line = RgbImage.filled(1, 9_000_001, 0x113355);
    RgbImage point = RgbImage.filled(1, 1, 0x113355);
    try (Generator generator = open()) {
      assertThat(generator.generate(List.of(new GenerationRequest(line, 3))))
          .isEqualTo(generator.generate(List.of(new GenerationRequest(point, 3))));
    }
  }

  @Test
  void shouldDescribeItself() {
    try (Generator generator = open()) {
      assertThat(generator.description())
          .isEqualTo(
              new GeneratorDescription(
                  "tiny-unclip",
                  "1",
                  "Random weights, for tests",
                  new OutputSize.Fixed(9, 9),
                  4,
                  Duration.ofMinutes(10),
                  "Apache-2.0"));
    }
  }

  @Test
  void shouldGiveTheSameViewWhateverIsInItsBatch() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      requests.add(new GenerationRequest(RgbImage.filled(20 + i, 20, 0x113355 * (i / 2 + 1)), i));
    }
    try (Generator generator = open()) {
      List<GenerationOutcome> together = generator.generate(requests);
      assertThat(together).hasSize(6).doesNotHaveDuplicates();
      assertThat(generator.generate(requests)).isEqualTo(together);
      for (int i = 0; i < requests.size(); i++) {
        GenerationOutcome alone = generator.generate(requests.subList(i, i + 1)).getFirst();
        assertNear(alone, together.get(i));
      }
    }
  }

  @Test
  void shouldTakeOneTimestepForAllOrOneForEachRow() throws IOException {
    List<GenerationRequest> requests =
        List.of(
            new GenerationRequest(RgbImage.filled(20, 20, 0x336699), 1),
            new GenerationRequest(RgbImage.filled(20, 20, 0x996633), 2));
    List<List<GenerationOutcome>> views = new ArrayList<>();
    for (String unet : List.of("timestep-per-row.onnx", "timestep-scalar.onnx")) {
      tiny.replacing(UNET, Files.readAllBytes(TinyPackage.resource(unet)));
      try (Generator generator = open()) {
        views.add(generator.generate(requests));
      }
    }
    assertThat(views.getFirst()).doesNotHaveDuplicates().isEqualTo(views.getLast());
  }

  @Test
  void shouldNameATensorThatTheNetworkLacks() throws IOException {
    tiny.renaming(UNET, "class_labels", "klass_labels");
    expect(
        ("%s has no input class_labels; it has sample, timestep, encoder_hidden_states,"
                + " klass_labels")
            .formatted(tiny.file(UNET)));
  }

  @Test
  void shouldNameAConstantThatIsNotThere() throws IOException {
    tiny.renaming(CONSTANTS, "empty_prompt", "empty_frompt");
    expect("%s has no tensor empty_prompt".formatted(tiny.file(CONSTANTS)));
  }

  @Test
  void shouldRefuseConstantsOfAnotherSize() {
    tiny.with(manifest -> manifest.put("embeddingDimension", 9));
    expect(
        "%s/image_encoder/model.onnx: output image_embeds has 8 for dimension 1, must have 9:"
                .formatted(tiny.folder())
            + " [batch, embeddingDimension]");
  }

  @Test
  void shouldRefuseConstantsThatAreNone() throws IOException {
    tiny.replacing(CONSTANTS, new byte[5]);
    expect("%s is not a safetensors file: it has no header".formatted(tiny.file(CONSTANTS)));
  }

  @ParameterizedTest
  @ValueSource(floats = {0f, -1f, Float.NaN, Float.POSITIVE_INFINITY})
  void shouldRefuseDeviationsThatCannotDivide(float deviation) throws IOException {
    replaceConstant(DEVIATIONS_START + 2 * Float.BYTES, deviation);
    expect(
        "%s: tensor image_embeds_std holds %s as number 3 of 8, all must be above 0 and finite"
            .formatted(tiny.file(CONSTANTS), deviation));
  }

  @Test
  void shouldRefuseConstantsThatAreNoNumbers() throws IOException {
    replaceConstant(0, Float.NaN);
    expect(
        "%s: tensor empty_prompt holds NaN as number 1 of 84, all must be finite"
            .formatted(tiny.file(CONSTANTS)));
  }

  private void replaceConstant(int start, float number) throws IOException {
    byte[] content = Files.readAllBytes(tiny.file(CONSTANTS));
    ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putFloat(Long.BYTES + (int) buffer.getLong(0) + start, number);
    tiny.replacing(CONSTANTS, content);
  }

  @Test
  void shouldRefuseStepsWhoseWalkEndsBelowZero() {
    expect(
        sampler -> sampler.put("steps", 122),
        "sampler.steps is 122, for which the trailing timesteps end below 0 by a rounding fault of"
            + " the schedulers that models are made with; take 120");
  }

  @Test
  void shouldRefuseAScheduleWithoutNoise() {
    expect(
        sampler -> sampler.put("firstBeta", 0),
        "sampler.firstBeta is 0, must be a number above 0.0 and below 1.0");
  }

  @Test
  void shouldRefuseToBeginWithoutASignalWhenNoiseIsPredicted() {
    expect(
        sampler -> sampler.put("prediction", "epsilon"),
        "sampler: prediction is \"epsilon\", which cannot begin at timestep 999 without a signal;"
            + " set spacing to \"leading\" or zeroTerminalSignal to false");
  }

  @Test
  void shouldRefuseMoreStepsThanTraining() {
    expect(
        sampler -> sampler.put("steps", 1_001),
        "sampler.steps is 1001, must be a whole number from 1 to 1000");
  }

  @Test
  void shouldRefuseTimestepsBehindTheLast() {
    expect(
        sampler -> sampler.put("spacing", "leading").put("steps", 1_000),
        "sampler: with 1000 steps and stepsOffset the first timestep is 1000, must be below 1000");
  }

  @Test
  void shouldRefuseGuidanceBelowOne() {
    expect(
        sampler -> sampler.put("guidance", 0.5),
        "sampler.guidance is 0.5, must be a number from 1.0 to 100.0");
  }

  @Test
  void shouldRefuseAnotherDecodedResolution() {
    tiny.with(manifest -> manifest.put("decodedResolution", 24));
    expect(
        ("%s: output sample has 12 for dimension 2, must have 24: [batch, 3, decodedResolution,"
                + " decodedResolution]")
            .formatted(tiny.file("vae_decoder/model.onnx")));
  }

  private void expect(Consumer<ObjectNode> changeOfSampler, String endOfMessage) {
    tiny.with(manifest -> changeOfSampler.accept((ObjectNode) manifest.get("sampler")));
    expect("%s: %s".formatted(tiny.file("generator.json"), endOfMessage));
  }

  private void expect(String message) {
    assertThatThrownBy(() -> open().close())
        .isInstanceOf(InvalidPackageException.class)
        .hasMessage(message);
  }

  private Generator open() {
    return Generators.open(tiny.folder().toString(), Optional.empty());
  }

  /** Batches of other sizes may round otherwise: one level at most. */
  private static void assertNear(GenerationOutcome actual, GenerationOutcome expected) {
    byte[] actualPixels = ((GeneratedView) actual).image().pixels();
    byte[] expectedPixels = ((GeneratedView) expected).image().pixels();
    for (int i = 0; i < expectedPixels.length; i++) {
      assertThat(actualPixels[i] & 0xff).isCloseTo(expectedPixels[i] & 0xff, within(1));
    }
  }
}
