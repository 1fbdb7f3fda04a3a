package io.viewstream.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.generators.OutputSize;
import io.viewstream.imaging.ImageFormat;
import io.viewstream.imaging.ImageHeader;
import io.viewstream.imaging.InvalidImageException;
import io.viewstream.imaging.RgbImage;
import io.viewstream.schemas.ImageEncoding;
import org.junit.jupiter.api.Test;

class ViewEncodingTest {
  @Test
  void shouldTakePngUpTo64PixelsAndJpegAboveByDefault() {
    assertThat(ViewEncoding.defaultFor(new OutputSize.Fixed(64, 64))).isEqualTo(ViewEncoding.PNG);
    assertThat(ViewEncoding.defaultFor(new OutputSize.Fixed(64, 65)))
        .isEqualTo(ViewEncoding.JPEG_95);
    assertThat(ViewEncoding.defaultFor(new OutputSize.AsSource())).isEqualTo(ViewEncoding.BY_SIZE);
  }

  @Test
  void shouldEncodeAsItSays() throws InvalidImageException {
    for (ViewEncoding encoding : ViewEncoding.values()) {
      for (int side : new int[] {32, 64, 65}) {
        RgbImage view = RgbImage.filled(side, side, 0x102030);

        ImageHeader header = ImageHeader.read(encoding.encode(view));

        assertThat(header)
            .isEqualTo(
                new ImageHeader(
                    encoding.imageEncoding(side, side) == ImageEncoding.PNG
                        ? ImageFormat.PNG
                        : ImageFormat.JPEG,
                    side,
                    side));
      }
    }
    assertThat(ViewEncoding.BY_SIZE.imageEncoding(64, 64)).isEqualTo(ImageEncoding.PNG);
    assertThat(ViewEncoding.BY_SIZE.imageEncoding(65, 64)).isEqualTo(ImageEncoding.JPEG);
  }

  @Test
  void shouldBeFoundByItsLabel() {
    for (ViewEncoding encoding : ViewEncoding.values()) {
      assertThat(ViewEncoding.ofLabel(encoding.label())).isEqualTo(encoding);
    }
    assertThatThrownBy(() -> ViewEncoding.ofLabel("webp"))
        .hasMessage("View encoding 'webp' is unknown; there are png, jpeg-95, by-size");
  }
}
