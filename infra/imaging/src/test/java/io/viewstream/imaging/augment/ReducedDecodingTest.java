package io.viewstream.imaging.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.viewstream.imaging.ImageDecoder;
import io.viewstream.imaging.ImageHeader;
import io.viewstream.imaging.NativeImage;
import io.viewstream.imaging.source.ImageSource;
import io.viewstream.imaging.source.SourceEntry;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.imaging.source.SourceReader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * How far reduced decoding changes the views of photographs, where some lie beside the repository.
 */
class ReducedDecodingTest {

  private static final Path PHOTOS =
      Path.of("..", "..", "..", "shared", "data", "photos-metadata-extractor-83-jpeg.tar");
  private static final int SIZE = 96;
  private static final int CROPS = 4;

  @Test
  void shouldStayWithinTwoLevelsInTheMeanOfEveryView() throws Exception {
    assumeTrue(Files.exists(PHOTOS), "there is no " + PHOTOS);
    ImageDecoder decoder = new ImageDecoder();
    Augmentation augmentation = new Augmentation(SIZE, SIZE, Normalisation.IMAGENET);
    ResizedCrop crop = new ResizedCrop(Interpolation.BICUBIC, SIZE, SIZE);
    PlanarImage whole = new PlanarImage();
    PlanarImage reduced = new PlanarImage();
    double sum = 0;
    int views = 0;
    try (SourceReader photos = ImageSource.of(PHOTOS.toString(), SourceOptions.DEFAULT).open();
        NativeImage image = new NativeImage()) {
      long key = 0;
      for (Optional<SourceEntry> next = photos.next(); next.isPresent(); next = photos.next()) {
        SourceEntry.ImageFile entry = (SourceEntry.ImageFile) next.get();
        ByteBuffer content = entry.content();
        ImageHeader header = decoder.check(content);
        for (int i = 0; i < CROPS; i++) {
          CropBox box =
              RandomCrop.draw(
                  AugmentationSet.SYMMETRIC.first(), key++, header.width(), header.height());
          int reduction = augmentation.reduction(box);
          if (reduction > 1) {
            decoder.decode(content, header, 1, image);
            crop.apply(image, box, whole);
            decoder.decode(content, header, reduction, image);
            crop.apply(image, reduction, box, false, reduced);
            double difference = meanDifference(whole, reduced);
            assertThat(difference).as("mean difference of %s", entry.path()).isLessThan(2);
            sum += difference;
            views++;
          }
        }
      }
    }
    assertThat(views).isGreaterThan(100);
    assertThat(sum / views).isLessThan(0.6);
  }

  private static double meanDifference(PlanarImage one, PlanarImage other) {
    long sum = 0;
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < SIZE; y++) {
        for (int x = 0; x < SIZE; x++) {
          sum += Math.abs(one.row(channel, y)[x] - other.row(channel, y)[x]);
        }
      }
    }
    return (double) sum / (3 * SIZE * SIZE);
  }
}
