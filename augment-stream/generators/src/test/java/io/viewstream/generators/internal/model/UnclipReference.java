package io.viewstream.generators.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.viewstream.generators.GeneratedView;
import io.viewstream.generators.GenerationOutcome;
import io.viewstream.generators.GenerationRequest;
import io.viewstream.generators.Generator;
import io.viewstream.generators.Generators;
import io.viewstream.imaging.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What infra/models/unclip/reference.py says of a tiny package: its views, random numbers included.
 */
record UnclipReference(JsonNode content) {

  static UnclipReference read(Path file) throws IOException {
    return new UnclipReference(JsonMapper.builder().build().readTree(file.toFile()));
  }

  /** Settings of the sampler and what they give. */
  List<JsonNode> variants() {
    List<JsonNode> variants = new ArrayList<>();
    content.get("variants").forEach(variants::add);
    assertThat(variants).isNotEmpty();
    return variants;
  }

  /** The same sources and seeds for every variant. */
  List<GenerationRequest> requests() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (JsonNode source : content.get("sources")) {
      requests.add(new GenerationRequest(image(source), source.get("seed").longValue()));
    }
    return requests;
  }

  private static RgbImage image(JsonNode source) {
    JsonNode levels = source.get("pixels");
    byte[] pixels = new byte[levels.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) levels.get(i).intValue();
    }
    return new RgbImage(source.get("width").intValue(), source.get("height").intValue(), pixels);
  }

  /** Compares an image made square as CLIP has it with PIL's: two levels at most. */
  void checkSquare() {
    JsonNode resized = content.get("resized");
    int side = resized.get("side").intValue();
    RgbImage square = ImagePreprocessor.Crop.CLIP.square(image(resized), side);
    assertThat(square.pixels()).hasSize(resized.get("levels").size());
    for (int i = 0; i < square.pixels().length; i++) {
      assertThat(square.pixels()[i] & 0xff)
          .isCloseTo(resized.get("levels").get(i).intValue(), within(2));
    }
  }

  /** Changes the settings of a package to those of a variant. */
  static void apply(JsonNode variant, ObjectNode manifest) {
    ((ObjectNode) manifest.get("sampler")).setAll((ObjectNode) variant.get("sampler"));
  }

  /** Compares what the decoder gives with the reference's own numbers. */
  void checkSamples(JsonNode variant, Path folder) {
    float tolerance = content.get("absoluteTolerance").floatValue();
    List<GenerationRequest> requests = requests();
    try (ViewModel model = ViewModel.open(ModelPackage.open(folder), Network.ONNX_RUNTIME)) {
      List<float[]> images = requests.stream().map(r -> model.preprocess(r.source())).toList();
      List<float[]> noise = requests.stream().map(request -> model.noise(request.seed())).toList();
      List<float[]> samples = model.sample(model.embed(images, 4), noise, 4);
      for (int i = 0; i < requests.size(); i++) {
        assertThat(samples.get(i))
            .containsExactly(floats(variant.get("samples").get(i)), within(tolerance));
      }
    }
  }

  /** Compares views with the reference's, pixel by pixel: one level at most. */
  void checkViews(JsonNode variant, Path folder) {
    try (Generator generator = Generators.open(folder.toString(), Optional.empty())) {
      List<GenerationOutcome> outcomes = generator.generate(requests());
      for (int i = 0; i < outcomes.size(); i++) {
        RgbImage view = ((GeneratedView) outcomes.get(i)).image();
        float[] expected = floats(variant.get("views").get(i));
        assertThat(view.pixels()).hasSize(expected.length);
        for (int j = 0; j < expected.length; j++) {
          assertThat((float) (view.pixels()[j] & 0xff)).isCloseTo(expected[j], within(1f));
        }
      }
    }
  }

  private static float[] floats(JsonNode array) {
    float[] numbers = new float[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.get(i).floatValue();
    }
    return numbers;
  }
}
