package io.viewstream.imaging.augment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.viewstream.imaging.RgbImage;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * PIL's and torchvision's own pixels. The files are no part of the repository: {@code
 * -Dfixtures=DIR} names their folder, by default {@code ../shared/fixtures} beside the repository.
 */
class TransformFixturesTest {

  /** Height of the largest crops that {@link ResizedCrop} makes in PIL's order. */
  private static final int LARGEST_IN_ORDER = 64;

  @TestFactory
  List<DynamicTest> shouldChangeColoursAsTorchvision() throws IOException {
    return tests("transforms-color.json");
  }

  @TestFactory
  List<DynamicTest> shouldChangeGeometryAsTorchvision() throws IOException {
    return tests("transforms-geometry.json");
  }

  private static List<DynamicTest> tests(String file) throws IOException {
    Path path = folder().resolve(file);
    Assumptions.assumeTrue(
        Files.isRegularFile(path), () -> "no fixtures at " + path + "; set -Dfixtures=DIR");
    JsonNode root = new ObjectMapper().readTree(path.toFile());
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode example : root.path("cases")) {
      RgbImage source = image(root.path("images").path(example.at("/inputs/image_ref").asText()));
      tests.add(
          DynamicTest.dynamicTest(example.path("name").asText(), () -> check(example, source)));
    }
    assertThat(tests).as("cases in " + path).isNotEmpty();
    return tests;
  }

  private static void check(JsonNode example, RgbImage source) {
    JsonNode parameters = example.path("parameters");
    JsonNode expected = example.path("expected");
    PlanarImage image = new PlanarImage();
    new ResizedCrop(Interpolation.BICUBIC, source.height(), source.width())
        .apply(source, CropBox.whole(source.width(), source.height()), image);
    if (expected.has("tensor")) {
      assertThat(normalised(image, parameters)).containsExactly(floats(expected.path("tensor")));
      return;
    }
    double factor = parameters.path("factor").asDouble();
    String operation = parameters.path("op").asText();
    switch (operation) {
      case "adjust_brightness" -> ColorOperations.brightness(image, (float) factor);
      case "adjust_contrast" -> ColorOperations.contrast(image, (float) factor);
      case "adjust_saturation" -> ColorOperations.saturation(image, (float) factor);
      case "adjust_hue" -> HueShift.apply(image, factor);
      case "rgb_to_grayscale" -> ColorOperations.grey(image);
      case "solarize" -> ColorOperations.solarise(image, parameters.path("threshold").asInt());
      case "hflip" -> ColorOperations.flip(image);
      case "pil_gaussian_blur" ->
          new ExtendedBoxBlur().apply(image, (float) parameters.path("radius").asDouble());
      case "gaussian_blur" ->
          new SampledGaussianBlur(
                  parameters.path("kernel").asInt(), parameters.path("sigma").asDouble())
              .apply(image);
      case "resized_crop" -> resizedCrop(source, parameters, image);
      default -> throw new AssertionError("No test for operation " + operation);
    }
    int[] differences = differences(interleaved(image), image(expected.path("image")));
    int largest = Arrays.stream(differences).max().orElseThrow();
    if (operation.equals("resized_crop")) {
      int height = parameters.path("out_height").asInt();
      if (height > LARGEST_IN_ORDER && parameters.path("height").asInt() > height) {
        // Scaled in another order than PIL's, for speed: overshoots are clipped elsewhere.
        assertThat(Arrays.stream(differences).average().orElseThrow()).isLessThanOrEqualTo(2);
      } else {
        assertThat(largest)
            .isLessThanOrEqualTo(
                parameters.path("interpolation").asText().equals("bicubic") ? 2 : 1);
      }
    } else {
      // Torchvision's blur rounds float32 sums, whose order is the library's own.
      assertThat(largest).isLessThanOrEqualTo(operation.equals("gaussian_blur") ? 1 : 0);
    }
  }

  private static int[] differences(RgbImage actual, RgbImage expected) {
    assertThat(actual.width()).isEqualTo(expected.width());
    assertThat(actual.height()).isEqualTo(expected.height());
    int[] differences = new int[actual.pixels().length];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = Math.abs((actual.pixels()[i] & 0xff) - (expected.pixels()[i] & 0xff));
    }
    return differences;
  }

  private static void resizedCrop(RgbImage source, JsonNode parameters, PlanarImage target) {
    Interpolation interpolation =
        switch (parameters.path("interpolation").asText()) {
          case "bilinear" -> Interpolation.BILINEAR;
          case "bicubic" -> Interpolation.BICUBIC;
          default -> throw new AssertionError(parameters.toString());
        };
    assertThat(parameters.path("antialias").asBoolean()).isTrue();
    new ResizedCrop(
            interpolation,
            parameters.path("out_height").asInt(),
            parameters.path("out_width").asInt())
        .apply(
            source,
            new CropBox(
                parameters.path("left").asInt(),
                parameters.path("top").asInt(),
                parameters.path("width").asInt(),
                parameters.path("height").asInt()),
            target);
  }

  private static float[] normalised(PlanarImage image, JsonNode parameters) {
    FloatBuffer target = FloatBuffer.allocate(3 * image.width() * image.height());
    new Normalisation(values(parameters.path("mean")), values(parameters.path("std")))
        .write(image, new float[image.width()], target, 0);
    return target.array();
  }

  static RgbImage interleaved(PlanarImage image) {
    byte[] pixels = new byte[3 * image.width() * image.height()];
    for (int i = 0; i < pixels.length; i++) {
      int pixel = i / 3;
      pixels[i] = (byte) image.row(i % 3, pixel / image.width())[pixel % image.width()];
    }
    return new RgbImage(image.width(), image.height(), pixels);
  }

  private static RgbImage image(JsonNode tensor) {
    JsonNode data = tensor.path("data");
    byte[] pixels = new byte[data.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) data.get(i).asInt();
    }
    return new RgbImage(
        tensor.path("shape").get(1).asInt(), tensor.path("shape").get(0).asInt(), pixels);
  }

  private static float[] floats(JsonNode tensor) {
    return values(tensor.path("data"));
  }

  private static float[] values(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) array.get(i).asDouble();
    }
    return values;
  }

  private static Path folder() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw"))) {
      root = root.getParent();
    }
    return root.resolve(System.getProperty("fixtures", "../shared/fixtures")).normalize();
  }
}
