package io.viewstream.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

final class ImageDecoderTest {
  private final ImageDecoder decoder = new ImageDecoder();

  @Test
  void shouldGiveBackThePixelsOfAPng() throws InvalidImageException {
    RgbImage image = SampleImages.noise(53, 29, 7);
    assertThat(decoder.decode(ImageEncoder.png(image))).isEqualTo(image);
  }

  @Test
  void shouldNearlyGiveBackThePixelsOfAJpeg() throws InvalidImageException {
    RgbImage image = SampleImages.gradient(64, 48);
    RgbImage decoded = decoder.decode(ImageEncoder.jpeg(image, 95));
    assertThat(SampleImages.largestDifference(image, decoded)).isLessThanOrEqualTo(6);
  }

  @Test
  void shouldDecodeAJpegAsTheJdkDoes() throws InvalidImageException, IOException {
    byte[] jpeg = ImageEncoder.jpeg(SampleImages.noise(40, 24, 3), 80);
    BufferedImage reference = ImageIO.read(new ByteArrayInputStream(jpeg));
    RgbImage decoded = decoder.decode(jpeg);
    for (int y = 0; y < 24; y++) {
      for (int x = 0; x < 40; x++) {
        for (int shift = 0; shift <= 16; shift += 8) {
          assertThat(decoded.rgb(x, y) >> shift & 0xff)
              .isCloseTo(
                  reference.getRGB(x, y) >> shift & 0xff, org.assertj.core.data.Offset.offset(4));
        }
      }
    }
  }

  @Test
  void shouldDecodeDirectReadOnlyAndShiftedBuffers() throws InvalidImageException {
    RgbImage image = SampleImages.noise(9, 5, 1);
    byte[] png = ImageEncoder.png(image);
    ByteBuffer direct = ByteBuffer.allocateDirect(png.length + 8);
    direct.position(3);
    direct.put(png).flip().position(3);
    assertThat(decoder.decode(direct)).isEqualTo(image);
    assertThat(direct.position()).isEqualTo(3);
    assertThat(decoder.decode(ByteBuffer.wrap(png).asReadOnlyBuffer())).isEqualTo(image);
    byte[] jpeg = ImageEncoder.jpeg(image, 90);
    ByteBuffer shifted = ByteBuffer.allocate(jpeg.length + 8).position(5).put(jpeg).flip();
    shifted.position(5);
    RgbImage expected = decoder.decode(jpeg);
    assertThat(decoder.decode(shifted)).isEqualTo(expected);
    assertThat(decoder.decode(shifted.asReadOnlyBuffer())).isEqualTo(expected);
    assertThat(decoder.decode(shifted.slice())).isEqualTo(expected);
  }

  @Test
  void shouldMakeRgbOfGreyPaletteAlphaAnd16Bits() throws InvalidImageException {
    BufferedImage grey = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(1, 0, 0, 200);
    assertThat(decoder.decode(SampleImages.png(grey)).rgb(1, 0)).isEqualTo(0xc8c8c8);

    BufferedImage deep = new BufferedImage(3, 2, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSample(1, 0, 0, 200 << 8);
    assertThat(decoder.decode(SampleImages.png(deep)).rgb(1, 0)).isEqualTo(0xc8c8c8);

    RgbImage red = RgbImage.filled(4, 4, 0xff0000);
    BufferedImage palette = SampleImages.buffered(red, BufferedImage.TYPE_BYTE_INDEXED);
    assertThat(decoder.decode(SampleImages.png(palette))).isEqualTo(red);

    BufferedImage transparent = new BufferedImage(4, 4, BufferedImage.TYPE_INT_ARGB);
    transparent.setRGB(2, 1, 0x40102030);
    assertThat(decoder.decode(SampleImages.png(transparent)).rgb(2, 1)).isEqualTo(0x102030);

    BufferedImage greyJpeg =
        SampleImages.buffered(RgbImage.filled(8, 8, 0x808080), BufferedImage.TYPE_BYTE_GRAY);
    RgbImage decodedGrey = decoder.decode(SampleImages.jpeg(greyJpeg, false));
    assertThat(decodedGrey.pixels()).containsOnly(decodedGrey.pixels()[0]);
  }

  @Test
  void shouldDecodeProgressiveAndSubsampledJpegs() throws InvalidImageException {
    RgbImage image = SampleImages.gradient(60, 40);
    BufferedImage buffered = SampleImages.buffered(image, BufferedImage.TYPE_INT_RGB);
    for (boolean progressive : new boolean[] {false, true}) {
      RgbImage decoded = decoder.decode(SampleImages.jpeg(buffered, progressive));
      assertThat(SampleImages.largestDifference(image, decoded)).isLessThanOrEqualTo(16);
    }
  }

  /** As cameras and print programs write it: inverted, with Adobe's marker. */
  @Test
  void shouldDecodeCmyk() throws InvalidImageException {
    WritableRaster raster = Raster.createInterleavedRaster(0, 16, 16, 4, null);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        raster.setPixel(x, y, new int[] {0, 255, 255, 255});
      }
    }
    byte[] plain = SampleImages.jpeg(new IIOImage(raster, null, null), false);
    ByteBuffer adobe = ByteBuffer.allocate(plain.length + 16);
    adobe.put(plain, 0, 2).putShort((short) 0xffee).putShort((short) 14);
    adobe.put(new byte[] {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0});
    adobe.put(plain, 2, plain.length - 2);
    RgbImage decoded = decoder.decode(adobe.array());
    assertThat(SampleImages.largestDifference(decoded, RgbImage.filled(16, 16, 0x00ffff)))
        .isLessThanOrEqualTo(3);
  }

  @Test
  void shouldRefuseABombByItsHeader() throws InvalidImageException {
    byte[] bomb = ImageEncoder.png(RgbImage.filled(4, 4, 0));
    ByteBuffer.wrap(bomb).putInt(16, 10_000).putInt(20, 10_000);
    CRC32 checksum = new CRC32();
    checksum.update(bomb, 12, 17);
    ByteBuffer.wrap(bomb).putInt(29, (int) checksum.getValue());
    assertThatThrownBy(() -> decoder.decode(bomb))
        .isInstanceOf(InvalidImageException.class)
        .hasMessage("PNG of 10000×10000 = 100000000 pixels; the limit is 64000000");
    // The limit itself is allowed: what fails then is the missing picture data.
    assertThatThrownBy(() -> new ImageDecoder(100_000_000).decode(bomb))
        .isInstanceOf(InvalidImageException.class)
        .hasMessageStartingWith("damaged PNG");
    RgbImage square = RgbImage.filled(10, 10, 0x123456);
    assertThat(new ImageDecoder(100).decode(ImageEncoder.png(square))).isEqualTo(square);
    assertThatThrownBy(() -> new ImageDecoder(99).decode(ImageEncoder.png(square)))
        .hasMessageContaining("the limit is 99");
  }

  @Test
  void shouldRefuseTruncatedImages() {
    for (byte[] whole :
        List.of(
            ImageEncoder.jpeg(SampleImages.gradient(64, 64), 90),
            ImageEncoder.png(SampleImages.gradient(64, 64)))) {
      for (int size : new int[] {whole.length - 1, whole.length - 2, whole.length / 2, 60}) {
        assertThatThrownBy(() -> decoder.decode(Arrays.copyOf(whole, size)))
            .isInstanceOf(InvalidImageException.class)
            .hasMessageStartingWith("truncated");
      }
    }
  }

  @Test
  void shouldRefuseLimitsOutOfRange() {
    assertThatThrownBy(() -> new ImageDecoder(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ImageDecoder(Integer.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldDecodeOnManyThreads() throws Exception {
    RgbImage image = SampleImages.noise(64, 64, 11);
    byte[] png = ImageEncoder.png(image);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<RgbImage>> decoded = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        decoded.add(threads.submit(() -> decoder.decode(png)));
      }
      for (Future<RgbImage> one : decoded) {
        assertThat(one.get()).isEqualTo(image);
      }
    }
  }

  /** 300 images of 3 MB decoded are 900 MB; what stays is not a tenth of that. */
  @Test
  void shouldHoldNoNativeMemoryAfterwards() throws InvalidImageException {
    byte[] jpeg = ImageEncoder.jpeg(SampleImages.gradient(1000, 1000), 80);
    decoder.decode(jpeg);
    long before = Pointer.physicalBytes();
    long pointersBefore = Pointer.totalBytes();
    for (int i = 0; i < 60; i++) {
      decoder.decode(jpeg);
    }
    assertThat(Pointer.totalBytes() - pointersBefore).isZero();
    assertThat(Pointer.physicalBytes() - before).isLessThan(400_000_000L);
  }
}
