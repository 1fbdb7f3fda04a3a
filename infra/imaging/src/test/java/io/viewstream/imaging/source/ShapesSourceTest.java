package io.viewstream.imaging.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.RgbImage;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ShapesSourceTest {
  private static List<SourceEntry.ImageFile> shapes(SourceOptions options) throws IOException {
    return SourceFiles.read(ImageSource.of("shapes", options)).stream()
        .map(SourceEntry.ImageFile.class::cast)
        .toList();
  }

  @Test
  void shouldDrawEachClassEquallyOften() throws IOException {
    Map<String, Long> counts =
        shapes(SourceOptions.DEFAULT.withLimit(200)).stream()
            .collect(Collectors.groupingBy(s -> s.label().orElseThrow(), Collectors.counting()));
    assertThat(counts)
        .containsOnlyKeys(
            "arrow",
            "crescent",
            "cross",
            "disc",
            "heart",
            "hourglass",
            "ring",
            "square",
            "star",
            "triangle")
        .allSatisfy((label, count) -> assertThat(count).isEqualTo(20));
  }

  @Test
  void shouldDrawTheSameAgainAndOthersForAnotherSeedOrSplit() throws IOException {
    SourceOptions options = SourceOptions.DEFAULT.withLimit(30);
    List<SourceEntry.ImageFile> first = shapes(options);
    assertThat(shapes(options)).isEqualTo(first);
    assertThat(shapes(options.withSplit(Split.TRAIN))).isEqualTo(first);
    Set<Object> contents = new HashSet<>();
    for (SourceOptions other :
        List.of(
            options,
            options.withSplit(Split.TEST),
            options.withShapes(new SourceOptions.Shapes(32, 2)))) {
      shapes(other).forEach(shape -> contents.add(shape.content()));
    }
    assertThat(contents).hasSize(90);
    assertThat(first.get(3).path()).isEqualTo("train/disc/0000003.png");
    assertThat(shapes(options.withSplit(Split.TEST)).getFirst().path())
        .isEqualTo("test/arrow/0000000.png");
  }

  /** Pinned: the pictures of a seed must not change with the Java release or by accident. */
  @Test
  void shouldDrawThePixelsOfTheFirstRelease() throws IOException, InvalidImageException {
    int hash = 0;
    for (SourceEntry.ImageFile shape : shapes(SourceOptions.DEFAULT.withLimit(20))) {
      hash = 31 * hash + new ImageDecoder().decode(shape.content()).hashCode();
    }
    assertThat(hash).isEqualTo(-1282861478);
  }

  @Test
  void shouldDrawInOtherSizes() throws IOException, InvalidImageException {
    SourceOptions options =
        SourceOptions.DEFAULT.withLimit(1).withShapes(new SourceOptions.Shapes(96, 1));
    RgbImage image = new ImageDecoder().decode(shapes(options).getFirst().content());
    assertThat(image.width()).isEqualTo(96);
    assertThat(image.height()).isEqualTo(96);
    assertThatThrownBy(() -> new SourceOptions.Shapes(8, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Shapes of 8 pixels a side; from 16 to 512 can be drawn");
  }

  /** The mean colour of a class tells nothing: over many pictures it is the same for all. */
  @Test
  void shouldDrawColoursIndependentlyOfTheClass() throws IOException, InvalidImageException {
    int perClass = 150;
    double[] means = new double[10];
    List<SourceEntry.ImageFile> shapes = shapes(SourceOptions.DEFAULT.withLimit(10L * perClass));
    for (int i = 0; i < shapes.size(); i++) {
      RgbImage image = new ImageDecoder().decode(shapes.get(i).content());
      double sum = 0;
      for (byte value : image.pixels()) {
        sum += value & 0xff;
      }
      means[i % 10] += sum / image.pixels().length / perClass;
    }
    // A picture's mean spreads by about 60, so that of 150 pictures by 5.
    for (double mean : means) {
      assertThat(mean).isBetween(105.0, 150.0);
    }
  }

  @Test
  void shouldHaveAsManyAsTheLimitOrTenThousand() throws IOException {
    assertThat(ImageSource.of("shapes", SourceOptions.DEFAULT).count()).isEqualTo(10_000);
    assertThat(ImageSource.of("shapes", SourceOptions.DEFAULT.withLimit(123_456)).count())
        .isEqualTo(123_456);
  }
}
