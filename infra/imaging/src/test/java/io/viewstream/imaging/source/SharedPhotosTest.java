package io.viewstream.imaging.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.ImageEncoder;
import io.viewstream.imaging.ImageHeader;
import io.viewstream.imaging.ImageScaler;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Photographs of many cameras, where they lie beside the repository. */
final class SharedPhotosTest {
  private static List<SourceEntry> photos(String name, SourceOptions options) throws IOException {
    // Tests run in the module's folder, two below the repository's root.
    Path archive = Path.of("..", "..", "..", "shared", "data", name).toAbsolutePath().normalize();
    assumeTrue(Files.exists(archive), "there is no " + archive);
    return SourceFiles.read(ImageSource.of(archive.toString(), options));
  }

  @Test
  void shouldDecodeEveryPhotographInItsHeadersSize() throws IOException, InvalidImageException {
    List<SourceEntry> photos =
        photos("photos-metadata-extractor-83-jpeg.tar", SourceOptions.DEFAULT);
    assertThat(photos).hasSize(83);
    for (SourceEntry entry : photos) {
      SourceEntry.ImageFile photo = (SourceEntry.ImageFile) entry;
      ImageHeader header = ImageHeader.readComplete(photo.content());
      RgbImage image = new ImageDecoder().decode(photo.content());
      assertThat(List.of(image.width(), image.height()))
          .as(photo.path())
          .containsExactly(header.width(), header.height());
      RgbImage small = ImageScaler.shrinkToFit(image, 64);
      RgbImage again = new ImageDecoder().decode(ImageEncoder.jpeg(small, 95));
      assertThat(Math.max(again.width(), again.height())).isEqualTo(64);
    }
  }

  @Test
  void shouldTakeTheSplitsOfSmallPhotographs() throws IOException {
    List<SourceEntry> photos =
        photos(
            "cifar10-jpeg-10000train-2000test.tar",
            SourceOptions.DEFAULT.withSplit(Split.TEST).withLimit(100));
    assertThat(photos).hasSize(100);
    assertThat(photos.stream().map(photo -> ((SourceEntry.ImageFile) photo).label()).distinct())
        .hasSize(10);
  }
}
