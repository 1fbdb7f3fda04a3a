package io.viewstream.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageHeaderTest {
  private static final RgbImage IMAGE = SampleImages.gradient(47, 31);
  private static final byte[] JPEG = ImageEncoder.jpeg(IMAGE, 90);
  private static final byte[] PNG = ImageEncoder.png(IMAGE);

  @Test
  void shouldReadFormatAndSize() throws InvalidImageException {
    assertThat(ImageHeader.read(JPEG)).isEqualTo(new ImageHeader(ImageFormat.JPEG, 47, 31));
    assertThat(ImageHeader.read(PNG)).isEqualTo(new ImageHeader(ImageFormat.PNG, 47, 31));
    assertThat(ImageHeader.readComplete(JPEG)).isEqualTo(ImageHeader.read(JPEG));
    assertThat(ImageHeader.readComplete(PNG)).isEqualTo(ImageHeader.read(PNG));
    assertThat(ImageHeader.read(PNG).pixels()).isEqualTo(47 * 31);
  }

  @Test
  void shouldReadProgressiveJpeg() throws InvalidImageException {
    byte[] progressive =
        SampleImages.jpeg(SampleImages.buffered(IMAGE, BufferedImage.TYPE_INT_RGB), true);
    assertThat(ImageHeader.readComplete(progressive))
        .isEqualTo(new ImageHeader(ImageFormat.JPEG, 47, 31));
  }

  @Test
  void shouldReadBetweenPositionAndLimitInAnyByteOrderAndLeaveThem() throws InvalidImageException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(PNG.length + 20).order(ByteOrder.LITTLE_ENDIAN);
    buffer.position(7);
    buffer.put(PNG).flip().position(7);
    assertThat(ImageHeader.readComplete(buffer))
        .isEqualTo(new ImageHeader(ImageFormat.PNG, 47, 31));
    assertThat(buffer.position()).isEqualTo(7);
    assertThat(buffer.limit()).isEqualTo(PNG.length + 7);
  }

  @Test
  void shouldIgnoreBytesBehindTheEndMark() throws InvalidImageException {
    assertThat(ImageHeader.readComplete(Arrays.copyOf(JPEG, JPEG.length + 100)).width())
        .isEqualTo(47);
    assertThat(ImageHeader.readComplete(Arrays.copyOf(PNG, PNG.length + 100)).width())
        .isEqualTo(47);
  }

  @Test
  void shouldNotTakeTheMarksOfAThumbnailForThoseOfTheImage() throws InvalidImageException {
    byte[] thumbnail = ImageEncoder.jpeg(SampleImages.gradient(8, 8), 50);
    ByteBuffer exif = ByteBuffer.allocate(JPEG.length + thumbnail.length + 4);
    exif.put(JPEG, 0, 2).putShort((short) 0xffe1).putShort((short) (thumbnail.length + 2));
    exif.put(thumbnail).put(JPEG, 2, JPEG.length - 2);
    assertThat(ImageHeader.readComplete(exif.array()).width()).isEqualTo(47);
    byte[] cut = Arrays.copyOf(exif.array(), exif.capacity() - 40);
    assertThatThrownBy(() -> ImageHeader.readComplete(cut))
        .isInstanceOf(InvalidImageException.class)
        .hasMessageStartingWith("truncated JPEG: 47×31 pixels by its header");
  }

  @Test
  void shouldSayThatAnEmptyFileIsEmpty() {
    assertThatThrownBy(() -> ImageHeader.read(new byte[0]))
        .isInstanceOf(InvalidImageException.class)
        .hasMessage("empty: 0 bytes");
  }

  @Test
  void shouldSayWhatAFileStartsWithThatIsNoImage() {
    assertThatThrownBy(() -> ImageHeader.read("GIF89a".getBytes(StandardCharsets.US_ASCII)))
        .isInstanceOf(InvalidImageException.class)
        .hasMessage("not a JPEG or PNG image: it starts with bytes 47 49 46 38");
    assertThatThrownBy(() -> ImageHeader.read(new byte[] {(byte) 0xff}))
        .hasMessage("not a JPEG or PNG image: it starts with bytes ff");
  }

  @Test
  void shouldCallEveryProperPrefixTruncatedOrNoImage() {
    for (byte[] whole : new byte[][] {JPEG, PNG}) {
      for (int size = 1; size < whole.length; size++) {
        byte[] cut = Arrays.copyOf(whole, size);
        assertThatThrownBy(() -> ImageHeader.readComplete(cut))
            .as("first %d of %d bytes", size, whole.length)
            .isInstanceOf(InvalidImageException.class)
            .message()
            .containsAnyOf("truncated", "not a JPEG or PNG");
      }
    }
  }

  @Test
  void shouldFindADamagedPng() {
    byte[] damaged = PNG.clone();
    damaged[PNG.length / 2] ^= 1;
    assertThatThrownBy(() -> ImageHeader.readComplete(damaged))
        .isInstanceOf(InvalidImageException.class)
        .hasMessageStartingWith("damaged PNG: wrong checksum of the chunk IDAT");
  }

  @Test
  void shouldRefuseSizesOfZero() {
    byte[] png = PNG.clone();
    Arrays.fill(png, 16, 20, (byte) 0);
    assertThatThrownBy(() -> ImageHeader.read(png)).hasMessage("PNG of 0×31 pixels");
  }

  @Test
  void shouldSayThatAJpegWithoutPictureDataHasNone() {
    assertThatThrownBy(
            () -> ImageHeader.read(new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xd9}))
        .isInstanceOf(InvalidImageException.class)
        .hasMessageContaining("JPEG without an image");
  }

  /** Whatever the bytes are, the answer is a header or an {@link InvalidImageException}. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldSurviveDamage(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = (i % 2 == 0 ? JPEG : PNG).clone();
      int from = random.nextInt(bytes.length);
      for (int j = 0; j < 4; j++) {
        bytes[random.nextInt(Math.min(64, bytes.length))] = (byte) random.nextInt();
        bytes[from + random.nextInt(bytes.length - from)] = (byte) random.nextInt();
      }
      try {
        ImageHeader header = ImageHeader.readComplete(bytes);
        assertThat(header.pixels()).isPositive();
      } catch (InvalidImageException e) {
        assertThat(e).hasMessageNotContaining("\n");
      }
    }
  }
}
