package io.viewstream.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.imaging.internal.OpenCv;
import java.nio.ByteBuffer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;

class NativeImageTest {

  private final ImageDecoder decoder = new ImageDecoder();

  private int decode(byte[] content, int reduction, NativeImage target)
      throws InvalidImageException {
    ByteBuffer buffer = ByteBuffer.wrap(content);
    return decoder.decode(buffer, decoder.check(buffer), reduction, target);
  }

  private static RgbImage copy(PixelRows rows) {
    byte[] pixels = new byte[rows.width() * rows.height() * RgbImage.CHANNELS];
    byte[] row = new byte[rows.width() * RgbImage.CHANNELS];
    for (int y = 0; y < rows.height(); y++) {
      rows.copyRow(y, 0, rows.width(), row);
      System.arraycopy(row, 0, pixels, y * row.length, row.length);
    }
    return new RgbImage(rows.width(), rows.height(), pixels);
  }

  @Test
  void shouldHoldTheSamePixelsAsAnImageOfTheHeap() throws InvalidImageException {
    try (NativeImage image = new NativeImage()) {
      for (int side : new int[] {40, 7, 64, 64}) {
        RgbImage drawn = SampleImages.noise(side, side + 3, side);
        byte[] jpeg = ImageEncoder.jpeg(drawn, 90);
        assertThat(decode(jpeg, 1, image)).isEqualTo(1);
        assertThat(copy(image)).isEqualTo(decoder.decode(jpeg));
        assertThat(decode(ImageEncoder.png(drawn), 1, image)).isEqualTo(1);
        assertThat(copy(image)).isEqualTo(drawn);
      }
    }
  }

  @Test
  void shouldReduceJpegsAndRoundTheirSidesUp() throws InvalidImageException {
    byte[] jpeg = ImageEncoder.jpeg(SampleImages.gradient(101, 67), 95);
    try (NativeImage image = new NativeImage()) {
      for (int reduction = 2; reduction <= ImageDecoder.MAX_REDUCTION; reduction *= 2) {
        assertThat(decode(jpeg, reduction, image)).isEqualTo(reduction);
        assertThat(image.width()).isEqualTo((101 + reduction - 1) / reduction);
        assertThat(image.height()).isEqualTo((67 + reduction - 1) / reduction);
        // Red grows to the right: the middle of the reduced image is the middle of the whole one.
        RgbImage reduced = copy(image);
        int x = 48 / reduction;
        int expected = (int) (255.0 * (x + 0.5) * reduction / 101);
        assertThat(reduced.rgb(x, 4) >> 16).isBetween(expected - 6, expected + 6);
      }
    }
  }

  @Test
  void shouldKeepTheSizeOfPngs() throws InvalidImageException {
    RgbImage drawn = SampleImages.gradient(33, 20);
    try (NativeImage image = new NativeImage()) {
      assertThat(decode(ImageEncoder.png(drawn), 4, image)).isEqualTo(1);
      assertThat(copy(image)).isEqualTo(drawn);
    }
  }

  @Test
  void shouldHaveNoPixelsAfterAFailure() throws InvalidImageException {
    byte[] png = ImageEncoder.png(SampleImages.noise(50, 40, 1));
    ByteBuffer other = ByteBuffer.wrap(ImageEncoder.png(SampleImages.noise(30, 20, 2)));
    try (NativeImage image = new NativeImage()) {
      decode(png, 1, image);
      assertThat(image.height()).isEqualTo(40);
      assertThatExceptionOfType(InvalidImageException.class)
          .isThrownBy(() -> decoder.decode(other, decoder.check(ByteBuffer.wrap(png)), 1, image));
      assertThat(image.width()).isZero();
      assertThatThrownBy(() -> image.copyRow(0, 0, 1, new byte[3]))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void shouldNotTakeAWantOfMemoryForADamagedImage() {
    assertThatExceptionOfType(OutOfMemoryError.class)
        .isThrownBy(
            () -> {
              try (Mat mat = new Mat(1 << 24, 1 << 24, opencv_core.CV_8UC3)) {
                throw new AssertionError("There are 768 TiB: " + mat);
              } catch (RuntimeException e) {
                OpenCv.requireMemory(e);
              }
            })
        .withMessageContaining("allocate");
    assertThatCode(() -> OpenCv.requireMemory(new RuntimeException("(-215:Assertion failed)")))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseRowsOutsideTheImageAndUnknownReductions() throws InvalidImageException {
    byte[] png = ImageEncoder.png(SampleImages.gradient(5, 4));
    try (NativeImage image = new NativeImage()) {
      decode(png, 1, image);
      byte[] row = new byte[15];
      assertThatThrownBy(() -> image.copyRow(4, 0, 5, row))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> image.copyRow(0, 1, 5, row))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> decode(png, 3, image))
          .withMessageContaining("3");
    }
  }
}
