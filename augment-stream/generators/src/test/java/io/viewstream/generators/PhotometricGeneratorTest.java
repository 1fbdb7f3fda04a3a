package io.viewstream.generators;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.imaging.RgbImage;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhotometricGeneratorTest {

  private final Generator generator = new PhotometricGenerator();

  @Test
  void shouldSayThatItIsNoLearnedModel() {
    assertThat(generator.description().summary()).contains("no learned model");
  }

  /** A change of these bytes is a change of the generator: raise its version. */
  @Test
  void shouldKeepItsGoldenPixels() throws NoSuchAlgorithmException {
    RgbImage view = view(pattern(19, 13), 42);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(view.pixels());
    assertThat(generator.description().version()).isEqualTo("1");
    assertThat(HexFormat.of().formatHex(digest))
        .isEqualTo("bbf54abc55f97bba0ba1cb1dfab0a2223d090b1d835d8b1ad0329583a9844580");
  }

  @Test
  void shouldMakeTheSameViewAloneAndInABatch() {
    List<GenerationRequest> requests =
        LongStream.range(0, 20)
            .mapToObj(seed -> new GenerationRequest(pattern(32, 32), seed))
            .toList();
    List<GenerationOutcome> together = generator.generate(requests);
    List<GenerationOutcome> alone = new ArrayList<>();
    for (GenerationRequest request : requests) {
      alone.addAll(generator.generate(List.of(request)));
    }
    assertThat(together).isEqualTo(alone).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,7", "7,1", "2,2", "31,17", "224,224"})
  void shouldTakeImagesOfAnySize(int width, int height) {
    RgbImage source = pattern(width, height);
    for (long seed = 0; seed < 20; seed++) {
      RgbImage view = view(source, seed);
      assertThat(view.width()).isEqualTo(width);
      assertThat(view.height()).isEqualTo(height);
    }
  }

  /** Dark stays darker than bright under the same seed. */
  @Test
  void shouldKeepWhatTheImageShows() {
    RgbImage dark = RgbImage.filled(32, 32, 0x202020);
    RgbImage bright = RgbImage.filled(32, 32, 0xe0e0e0);
    for (long seed = 0; seed < 50; seed++) {
      assertThat(mean(view(bright, seed)))
          .as("seed %d", seed)
          .isGreaterThan(mean(view(dark, seed)) + 60);
    }
  }

  @Test
  void shouldTellViewsOfABlackImageApart() {
    ViewSetRequest request = new ViewSetRequest("a", new byte[32], RgbImage.filled(8, 8, 0), 0, 8);
    assertThat(new ViewSetGenerator(generator).generate(request)).hasSize(8);
  }

  private RgbImage view(RgbImage source, long seed) {
    GenerationOutcome outcome =
        generator.generate(List.of(new GenerationRequest(source, seed))).getFirst();
    return switch (outcome) {
      case GeneratedView view -> view.image();
      case RejectedView view -> throw new AssertionError(view.reason());
    };
  }

  private static double mean(RgbImage image) {
    long sum = 0;
    for (byte level : image.pixels()) {
      sum += level & 0xff;
    }
    return (double) sum / image.pixels().length;
  }

  private static RgbImage pattern(int width, int height) {
    byte[] pixels = new byte[width * height * RgbImage.CHANNELS];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int i = (y * width + x) * RgbImage.CHANNELS;
        pixels[i] = (byte) (x * 255 / width);
        pixels[i + 1] = (byte) (y * 255 / height);
        pixels[i + 2] = (byte) ((x / 4 + y / 4) % 2 * 200);
      }
    }
    return new RgbImage(width, height, pixels);
  }
}
