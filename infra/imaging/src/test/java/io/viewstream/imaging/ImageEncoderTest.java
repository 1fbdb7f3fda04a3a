package io.viewstream.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

final class ImageEncoderTest {
  @Test
  void shouldWriteAPngThatTheJdkReads() throws IOException {
    RgbImage image = SampleImages.noise(17, 11, 5);
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(ImageEncoder.png(image)));
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        assertThat(read.getRGB(x, y) & 0xffffff).isEqualTo(image.rgb(x, y));
      }
    }
  }

  @Test
  void shouldKeepColourInFullResolution() throws InvalidImageException {
    byte[] pixels = new byte[16 * 16 * RgbImage.CHANNELS];
    for (int i = 0; i < 256; i++) {
      // Columns of red and of green in turn, of nearly equal brightness.
      pixels[i * 3 + i % 2] = (byte) 200;
    }
    RgbImage stripes = new RgbImage(16, 16, pixels);
    byte[] jpeg = ImageEncoder.jpeg(stripes, 100);
    assertThat(SampleImages.largestDifference(stripes, new ImageDecoder().decode(jpeg)))
        .isLessThanOrEqualTo(12);
  }

  @Test
  void shouldWriteSmallerFilesForLowerQuality() {
    RgbImage image = SampleImages.noise(64, 64, 2);
    assertThat(ImageEncoder.jpeg(image, 50)).hasSizeLessThan(ImageEncoder.jpeg(image, 95).length);
  }

  @Test
  void shouldWriteTheSameBytesForTheSamePixels() {
    RgbImage image = SampleImages.noise(33, 20, 9);
    assertThat(ImageEncoder.png(image)).isEqualTo(ImageEncoder.png(image));
    assertThat(ImageEncoder.jpeg(image, 95)).isEqualTo(ImageEncoder.jpeg(image, 95));
  }

  @Test
  void shouldRefuseQualitiesOutOfRange() {
    RgbImage image = RgbImage.filled(1, 1, 0);
    assertThatThrownBy(() -> ImageEncoder.jpeg(image, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("JPEG quality of 0 is not in [1, 100]");
    assertThatThrownBy(() -> ImageEncoder.jpeg(image, 101))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
