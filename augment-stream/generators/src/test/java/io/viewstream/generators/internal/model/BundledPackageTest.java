package io.viewstream.generators.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.Generator;
import io.viewstream.generators.GeneratorDescription;
import io.viewstream.generators.Generators;
import io.viewstream.imaging.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The generator in the box computes what it computed in PyTorch after its training. */
class BundledPackageTest {

  private static final Path MODEL = Path.of("../../infra/models/icgan32");
  private static final int SIDE = 32;
  private static final GenerationRequest GREY =
      new GenerationRequest(RgbImage.filled(SIDE, SIDE, 0x808080), 1);

  @Test
  void shouldOpenByName() {
    try (Generator generator = Generators.open("icgan32", Optional.empty())) {
      GeneratorDescription description = generator.description();
      assertThat(description.id()).isEqualTo("icgan32");
      assertThat(description.bestBatchSize()).isEqualTo(32);
      List<GenerationRequest> requests = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        requests.add(new GenerationRequest(RgbImage.filled(SIDE, SIDE, 0x3366cc), i));
      }
      List<GenerationOutcome> outcomes = generator.generate(requests);
      assertThat(outcomes).doesNotHaveDuplicates();
      assertThat(generator.generate(requests)).isEqualTo(outcomes);
    }
  }

  @Test
  void shouldLetTheSystemPlaceItsThreads() throws IOException {
    Path tasks = Path.of("/proc/self/task");
    assumeThat(tasks).as("where Linux tells of threads").isDirectory();
    try (Generator generator = Generators.open("icgan32", Optional.empty());
        Stream<Path> threads = Files.list(tasks)) {
      assertThat(generator.generate(List.of(GREY))).hasSize(1);
      assertThat(threads.flatMap(BundledPackageTest::processorsOf).distinct())
          .as("processors that the threads may run on: of each the same")
          .hasSize(1);
    }
  }

  /** What Linux says of them; nothing of a thread that has ended meanwhile. */
  private static Stream<String> processorsOf(Path thread) {
    try {
      return Files.readAllLines(thread.resolve("status")).stream()
          .filter(line -> line.startsWith("Cpus_allowed_list"));
    } catch (IOException e) {
      return Stream.empty();
    }
  }

  @Test
  void shouldComputeWhatPyTorchComputed() throws IOException {
    JsonNode golden = JsonMapper.builder().build().readTree(MODEL.resolve("golden.json").toFile());
    float tolerance = golden.get("absoluteTolerance").floatValue();
    ModelPackage modelPackage = ModelPackage.open(MODEL.resolve("package"));
    try (ViewModel model = ViewModel.open(modelPackage, Network.ONNX_RUNTIME)) {
      List<float[]> images = new ArrayList<>();
      for (float[] planes : TinyPackage.rows(golden.get("pixels"))) {
        images.add(model.preprocess(TinyPackage.image(planes, SIDE)));
      }
      List<float[]> embeddings = model.embed(images, 4);
      List<float[]> samples = model.sample(embeddings, TinyPackage.rows(golden.get("noise")), 4);
      expect(images, golden.get("pixel_values"), tolerance);
      expect(embeddings, golden.get("image_embeds"), tolerance);
      expect(samples, golden.get("sample"), tolerance);
    }
  }

  private static void expect(List<float[]> actual, JsonNode expected, float tolerance) {
    List<float[]> rows = TinyPackage.rows(expected);
    assertThat(actual).hasSameSizeAs(rows);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(actual.get(i)).containsExactly(rows.get(i), within(tolerance));
    }
  }
}
