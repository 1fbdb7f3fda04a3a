package io.viewstream.generators.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.viewstream.generators.GeneratedView;
import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.Generator;
import io.viewstream.generators.GeneratorDescription;
import io.viewstream.generators.Generators;
import io.viewstream.generators.OutputSize;
import io.viewstream.generators.RejectedView;
import io.viewstream.generators.SeededView;
import io.viewstream.generators.ViewSetGenerator;
import io.viewstream.generators.ViewSetRequest;
import io.viewstream.imaging.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IcganGeneratorTest {

  private static final int SIDE = 8;

  @TempDir Path folder;

  @Test
  void shouldDescribeItself() {
    try (Generator generator = open(TinyPackage.original())) {
      assertThat(generator.description())
          .isEqualTo(
              new GeneratorDescription(
                  "tiny-icgan",
                  "1",
                  "Random weights, for tests",
                  new OutputSize.Fixed(SIDE, SIDE),
                  32,
                  Duration.ofSeconds(5),
                  "Apache-2.0"));
    }
  }

  @Test
  void shouldTakeSettingsFromThePackage() throws IOException {
    Path changed =
        TinyPackage.copyTo(folder.resolve("tiny"))
            .with(
                manifest -> {
                  manifest.put("callDeadlineMillis", 90_000);
                  manifest.putArray("batchSizes").add(4).add(2);
                })
            .folder();
    try (Generator generator = open(changed)) {
      assertThat(generator.description().callDeadline()).isEqualTo(Duration.ofSeconds(90));
      assertThat(generator.description().bestBatchSize()).isEqualTo(4);
      assertThat(generator.generate(requests(7))).hasSize(7);
    }
  }

  /** Preprocessing, encoder and generator against PyTorch's numbers. */
  @Test
  void shouldComputeWhatPyTorchComputes() throws IOException {
    JsonNode golden = TinyPackage.golden();
    List<float[]> expectedPixels = TinyPackage.rows(golden.get("pixel_values"));
    List<float[]> expectedEmbeddings = TinyPackage.rows(golden.get("image_embeds"));
    List<float[]> expectedSamples = TinyPackage.rows(golden.get("sample"));
    ModelPackage modelPackage = ModelPackage.open(TinyPackage.original());
    try (ViewModel model = ViewModel.open(modelPackage, Network.ONNX_RUNTIME)) {
      List<float[]> pixels = new ArrayList<>();
      for (float[] planes : TinyPackage.rows(golden.get("pixels"))) {
        pixels.add(model.preprocess(TinyPackage.image(planes, SIDE)));
      }
      List<float[]> embeddings = model.embed(pixels, 4);
      List<float[]> samples = model.sample(embeddings, TinyPackage.rows(golden.get("noise")), 8);
      for (int i = 0; i < 3; i++) {
        assertThat(pixels.get(i)).containsExactly(expectedPixels.get(i), within(1e-6f));
        assertThat(embeddings.get(i)).containsExactly(expectedEmbeddings.get(i), within(1e-5f));
        assertThat(samples.get(i)).containsExactly(expectedSamples.get(i), within(1e-5f));
      }
    }
  }

  @Test
  void shouldGiveEachRequestItsOwnView() {
    try (Generator generator = open(TinyPackage.original())) {
      List<GenerationRequest> requests = requests(45);
      List<GenerationOutcome> together = generator.generate(requests);
      assertThat(together).hasSize(45).doesNotHaveDuplicates();
      assertThat(generator.generate(requests)).isEqualTo(together);
      for (int i = 0; i < requests.size(); i++) {
        GenerationOutcome alone = generator.generate(requests.subList(i, i + 1)).getFirst();
        assertNear(alone, together.get(i));
      }
    }
  }

  @Test
  void shouldEncodeASharedSourceLikeASourceOfItsOwn() {
    RgbImage source = source(1);
    RgbImage equal = source(1);
    try (Generator generator = open(TinyPackage.original())) {
      List<GenerationOutcome> shared =
          generator.generate(
              List.of(
                  new GenerationRequest(source, 5),
                  new GenerationRequest(source(2), 6),
                  new GenerationRequest(source, 7)));
      List<GenerationOutcome> own =
          generator.generate(
              List.of(
                  new GenerationRequest(source, 5),
                  new GenerationRequest(source(2), 6),
                  new GenerationRequest(equal, 7)));
      for (int i = 0; i < 3; i++) {
        assertNear(shared.get(i), own.get(i));
      }
    }
  }

  @Test
  void shouldTakeSourcesOfAnySize() {
    try (Generator generator = open(TinyPackage.original())) {
      GenerationRequest request = new GenerationRequest(RgbImage.filled(31, 17, 0x336699), 1);
      assertThat(generator.generate(List.of(request)).getFirst())
          .isInstanceOfSatisfying(
              GeneratedView.class, view -> assertThat(view.image().width()).isEqualTo(SIDE));
    }
  }

  @Test
  void shouldMakeTheViewsOfARecord() {
    try (Generator generator = open(TinyPackage.original())) {
      List<SeededView> views =
          new ViewSetGenerator(generator)
              .generate(new ViewSetRequest("a.png", new byte[32], source(3), 9, 6));
      assertThat(views).hasSize(6).extracting(SeededView::image).doesNotHaveDuplicates();
    }
  }

  @Test
  void shouldNormaliseFeaturesWhenThePackageAsksForIt() throws IOException {
    Path changed =
        TinyPackage.copyTo(folder.resolve("tiny"))
            .with(manifest -> manifest.put("normalisesEmbedding", true))
            .folder();
    try (ViewModel model = ViewModel.open(ModelPackage.open(changed), Network.ONNX_RUNTIME)) {
      float[] image = new float[3 * SIDE * SIDE];
      Arrays.fill(image, 0.7f);
      double squares = 0;
      for (float number : model.embed(List.of(image), 1).getFirst()) {
        squares += number * number;
      }
      assertThat(squares).isCloseTo(1, within(1e-5));
    }
  }

  @Test
  void shouldScaleItsNoise() throws IOException {
    TinyPackage still =
        TinyPackage.copyTo(folder.resolve("tiny"))
            .with(manifest -> ((ObjectNode) manifest.get("sampler")).put("noiseScale", 1e-9));
    try (Generator generator = open(still.folder())) {
      List<GenerationOutcome> outcomes =
          generator.generate(
              List.of(new GenerationRequest(source(1), 1), new GenerationRequest(source(1), 2)));
      assertThat(outcomes.getFirst()).isEqualTo(outcomes.getLast());
    }
  }

  @Test
  void shouldRejectWhatIsNoImage() {
    float[] sample = new float[3];
    sample[1] = Float.NaN;
    assertThat(ModelGenerator.outcome(sample, 1, 1))
        .isEqualTo(new RejectedView("the generator's output holds NaN"));
  }

  @Test
  void shouldRoundAndClampPixels() {
    float[] planes = {-1, 1, -1.2f, 1.7f, 0, 0.5f};
    assertThat(ModelGenerator.outcome(Arrays.copyOf(planes, 3), 1, 1))
        .isEqualTo(new GeneratedView(new RgbImage(1, 1, new byte[] {0, (byte) 255, 0})));
    assertThat(ModelGenerator.outcome(Arrays.copyOfRange(planes, 3, 6), 1, 1))
        .isEqualTo(
            new GeneratedView(new RgbImage(1, 1, new byte[] {(byte) 255, (byte) 128, (byte) 191})));
  }

  @Test
  void shouldNotGenerateOnceClosed() {
    Generator generator = open(TinyPackage.original());
    generator.close();
    generator.close();
    assertThatThrownBy(() -> generator.generate(requests(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Generator tiny-icgan is closed");
  }

  private static Generator open(Path folder) {
    return Generators.open(folder.toString(), Optional.empty());
  }

  private static List<GenerationRequest> requests(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new GenerationRequest(source(i / 4), i))
        .toList();
  }

  private static RgbImage source(int number) {
    byte[] pixels = new byte[SIDE * SIDE * RgbImage.CHANNELS];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) ((i * 7 + number * 31) ^ number);
    }
    return new RgbImage(SIDE, SIDE, pixels);
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
